import { Controller, Get } from '@nestjs/common';
import { Needs } from '../auth/index.js';
import { unixSeconds } from '../common/index.js';
import type { Model, RecommendedSettings } from './model.js';
import { ModelsService } from './models.service.js';

export interface ModelView {
  id: string;
  name: string;
  description: string;
  type: string;
  architecture: string | null;
  /** Bytes. */
  size: number;
  /** Unix time in seconds. */
  modified: number;
  recommended: RecommendedSettings;
}

export function toModelView(model: Model): ModelView {
  const { id, name, description, type, architecture, size, recommended } = model;
  return {
    id,
    name,
    description,
    type,
    architecture,
    size,
    modified: unixSeconds(model.modifiedAt),
    recommended,
  };
}

/** Seed stable-diffusion-cpp-rest, "Model Management". */
@Controller('api/models')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Get()
  @Needs('model:read')
  async list(): Promise<{ models: ModelView[]; total: number }> {
    const models = await this.models.list();
    return { models: models.map(toModelView), total: models.length };
  }
}
