import { Controller, Get } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Needs } from '../auth/index.js';
import { Describe, unixSeconds } from '../common/index.js';
import type { Model, RecommendedSettings } from './model.js';
import { ModelsService } from './models.service.js';

export class RecommendedDto implements RecommendedSettings {
  @ApiProperty({ type: 'integer', required: false, description: 'Pixels.' })
  width?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'Pixels.' })
  height?: number;

  @ApiProperty({ type: 'integer', required: false })
  steps?: number;

  @ApiProperty({ required: false })
  cfg_scale?: number;

  @ApiProperty({ required: false })
  sampler?: string;

  @ApiProperty({ required: false })
  scheduler?: string;
}

export class ModelView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty()
  type!: string;

  @ApiProperty({ type: 'string', nullable: true })
  architecture!: string | null;

  @ApiProperty({ type: 'integer', description: 'Bytes.' })
  size!: number;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  modified!: number;

  @ApiProperty({ type: RecommendedDto, description: 'Settings that suit it.' })
  recommended!: RecommendedSettings;
}

export class ModelListDto {
  @ApiProperty({ type: [ModelView] })
  models!: ModelView[];

  @ApiProperty({ type: 'integer' })
  total!: number;
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
@ApiTags('models')
@Controller('api/models')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Get()
  @Needs('model:read')
  @Describe({
    summary: 'List the models',
    reply: ModelListDto,
    example: {
      models: [
        {
          id: '3f1d7b6c2a105f0d',
          name: 'tiny-emoji',
          description: 'A tiny model.',
          type: 'diffusion',
          architecture: 'z-image',
          size: 48_000_000,
          modified: 1_763_700_000,
          recommended: { width: 128, height: 128, steps: 20 },
        },
      ],
      total: 1,
    },
  })
  async list(): Promise<ModelListDto> {
    const models = await this.models.list();
    return { models: models.map(toModelView), total: models.length };
  }
}
