import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { InvalidParametersError } from '../../../common/index.js';
import {
  MODEL_TYPES,
  ModelNotFoundError,
  ModelPlaces,
  ModelRegistry,
  ModelsService,
  type ModelType,
} from '../../../models/index.js';
import { Describe } from '../errors.js';
import { SdcppHashDto } from './load.dto.js';
import {
  LISTS_EXAMPLE,
  LISTS_SCHEMA,
  SdcppModelList,
  SdcppModelQuery,
  type ModelLists,
} from './model-list.js';
import { nameOf, SdcppNames } from './names.js';

const DOCUMENTED_HASH = {
  model_name: 'SD1x/realisticStockPhoto_v30SD15.safetensors',
  model_type: 'checkpoint',
  hash: 'a1b2c3d4e5f6789012345678901234567890abcdef1234567890abcdef123456',
};

/** What `GET /models/paths` calls the types of models. */
const PATHS: Readonly<Record<ModelType, string>> = {
  checkpoint: 'checkpoints',
  diffusion: 'diffusion_models',
  vae: 'vae',
  lora: 'lora',
  clip: 'clip',
  t5: 't5',
  embedding: 'embeddings',
  controlnet: 'controlnet',
  llm: 'llm',
  esrgan: 'esrgan',
  taesd: 'taesd',
};

interface Refreshed {
  success: true;
  message: string;
  models: ModelLists;
}

/** Seed sdcpp-restapi, "Model Management". */
@ApiTags('models')
@Controller('sdcpp/models')
export class SdcppModelsController {
  constructor(
    private readonly lists: SdcppModelList,
    private readonly names: SdcppNames,
    private readonly models: ModelsService,
    private readonly registry: ModelRegistry,
    private readonly places: ModelPlaces,
  ) {}

  @Get()
  @Needs('model:read')
  @Describe({
    summary: 'List the models by their types',
    details: '`is_loaded` and `loaded_model` tell what the caller has loaded.',
    schema: LISTS_SCHEMA as object,
    example: LISTS_EXAMPLE,
  })
  list(@Caller() caller: Principal, @Query() query: SdcppModelQuery): Promise<ModelLists> {
    return this.lists.of(caller, query);
  }

  @Post('refresh')
  @HttpCode(200)
  @Needs('model:manage')
  @Describe({
    summary: 'Look at the models folders again',
    schema: {
      type: 'object',
      required: ['success', 'message', 'models'],
      additionalProperties: false,
      properties: {
        success: { type: 'boolean', enum: [true] },
        message: { type: 'string' },
        models: LISTS_SCHEMA as object,
      },
    },
    example: { success: true, message: '12 models found, 1 changed', models: LISTS_EXAMPLE },
  })
  async refresh(@Caller() caller: Principal): Promise<Refreshed> {
    const { found, updated } = await this.registry.refresh();
    const message = `${found} models found, ${updated} changed`;
    return { success: true, message, models: await this.lists.of(caller) };
  }

  @Get('paths')
  @Needs('model:manage')
  @Describe({
    summary: 'Where new models go, by their types',
    schema: {
      type: 'object',
      required: Object.values(PATHS),
      additionalProperties: false,
      properties: Object.fromEntries(
        Object.values(PATHS).map((name) => [name, { type: 'string' as const }]),
      ),
    },
    example: Object.fromEntries(Object.values(PATHS).map((name) => [name, `/path/to/${name}`])),
  })
  async paths(): Promise<Record<string, string>> {
    const folders = await this.places.paths();
    return Object.fromEntries(MODEL_TYPES.map((type) => [PATHS[type], folders[type]]));
  }

  @Get('hash/:type/:name')
  @Needs('model:read')
  @ApiParam({ name: 'type', schema: { type: 'string', enum: [...MODEL_TYPES] } })
  @ApiParam({ name: 'name', schema: { type: 'string' }, description: 'As the list has it.' })
  @Describe({
    summary: 'The SHA-256 of a model',
    details: 'Answers when it is known: at once, or after the file has been read.',
    reply: SdcppHashDto,
    example: DOCUMENTED_HASH,
    errors: [new ModelNotFoundError('invalid_model.safetensors', [])],
  })
  async hash(@Param('type') type: string, @Param('name') name: string): Promise<SdcppHashDto> {
    const known = MODEL_TYPES.find((one) => one === type);
    if (!known)
      throw new InvalidParametersError(`The type must be one of ${MODEL_TYPES.join(', ')}.`);
    const model = await this.names.find(name, [known]);
    const hash = await this.models.hashOf(model.path);
    return { model_name: nameOf(model), model_type: model.type, hash };
  }
}
