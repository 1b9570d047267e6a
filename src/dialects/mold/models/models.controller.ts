import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Needs } from '../../../auth/index.js';
import { ModelCatalog } from '../../../models/index.js';
import { Describe } from '../errors.js';
import { COUNT, FLAG, object, orNull, TEXT } from '../schemas.js';
import { MoldNames, type NamedModel } from './names.js';

const GB = 1e9;

const NUMBER = { type: 'number' };

const MODEL = object({
  name: { ...TEXT, description: '`name:tag`.' },
  family: { ...TEXT, description: 'Architecture; `unknown` where its file does not say.' },
  size_gb: { ...NUMBER, description: 'In thousands of millions of bytes.' },
  is_loaded: { ...FLAG, description: 'Whether it is in memory.' },
  last_used: { ...orNull(COUNT), description: 'Not told: null.' },
  hf_repo: { ...TEXT, description: 'Not known: empty.' },
  default_steps: COUNT,
  default_guidance: NUMBER,
  default_width: COUNT,
  default_height: COUNT,
  description: TEXT,
  downloaded: { ...FLAG, description: 'What is listed is here: true.' },
  disk_usage_bytes: COUNT,
  remaining_download_bytes: COUNT,
});

/** What the core takes where neither the request nor the model says anything. */
const USUAL = { steps: 20, cfg_scale: 7, width: 1024, height: 1024 };

function entryOf({ name, model }: NamedModel, isLoaded: boolean) {
  const { steps, cfg_scale, width, height } = { ...USUAL, ...model.recommended };
  return {
    name,
    family: model.architecture ?? 'unknown',
    size_gb: Math.round((model.size / GB) * 100) / 100,
    is_loaded: isLoaded,
    last_used: null,
    hf_repo: '',
    default_steps: steps,
    default_guidance: cfg_scale,
    default_width: width,
    default_height: height,
    description: model.description,
    downloaded: true,
    disk_usage_bytes: model.size,
    remaining_download_bytes: 0,
  };
}

/** Seed mold-server-api, "/api/models". */
@ApiTags('models')
@Controller('mold/api/models')
export class MoldModelsController {
  constructor(
    private readonly names: MoldNames,
    private readonly catalog: ModelCatalog,
  ) {}

  @Get()
  @Needs('model:read')
  @Describe({
    summary: 'The models that draw',
    schema: { type: 'array', items: MODEL },
    example: [
      {
        name: 'flux-schnell:q8',
        family: 'flux',
        size_gb: 12.71,
        is_loaded: false,
        last_used: null,
        hf_repo: '',
        default_steps: 4,
        default_guidance: 1,
        default_width: 1024,
        default_height: 1024,
        description: '',
        downloaded: true,
        disk_usage_bytes: 12_714_452_256,
        remaining_download_bytes: 0,
      },
    ],
  })
  async list() {
    const [models, loaded] = await Promise.all([this.names.list(), this.loaded()]);
    return models.map((one) => entryOf(one, loaded.has(one.model.id)));
  }

  private async loaded(): Promise<Set<string>> {
    return new Set(await this.catalog.loaded());
  }
}
