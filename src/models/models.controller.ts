import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Needs } from '../auth/index.js';
import { Describe } from '../common/index.js';
import { EngineError } from '../engine/index.js';
import { loadRequestSchema } from './loading/load-request.js';
import { ModelCatalog } from './model-catalog.js';
import { EXAMPLE_DETAILS, EXAMPLE_MODEL, EXAMPLE_WAYS } from './model-example.js';
import { ModelLoader } from './model-loader.js';
import { ModelQuery, RemovalQuery } from './model-query.js';
import { ModelRegistry } from './model-registry.js';
import { ModelRemoval } from './model-removal.js';
import { EXAMPLE_SUMMARY, ModelSummary } from './model-summary.dto.js';
import { MODEL_TYPES } from './model-type.js';
import {
  HashReply,
  ModelDone,
  ModelPage,
  ModelReply,
  ModelTypesReply,
  RefreshReply,
} from './model.dto.js';
import {
  ConfirmationRequiredError,
  ModelInUseError,
  ModelNotFoundError,
  ModelNotLoadableError,
  ModelNotLoadedError,
  ModelProtectedError,
} from './models.errors.js';
import { ModelsService } from './models.service.js';

const NAME = EXAMPLE_MODEL.name;
const NOT_FOUND = new ModelNotFoundError('sd_xl', [NAME]);

/**
 * Seed stable-diffusion-cpp-rest, "Model Management". A `modelId` is an id, a name, a path below a models
 * folder, or a hash.
 */
@ApiTags('models')
@Controller('api/models')
export class ModelsController {
  constructor(
    private readonly catalog: ModelCatalog,
    private readonly registry: ModelRegistry,
    private readonly loader: ModelLoader,
    private readonly removal: ModelRemoval,
    private readonly models: ModelsService,
  ) {}

  @Get()
  @Needs('model:read')
  @Describe({
    summary: 'List the models, filtered, sorted and in pages',
    reply: ModelPage,
    example: {
      models: [EXAMPLE_MODEL],
      total: 1,
      pagination: { total: 1, page: 1, limit: 50, total_pages: 1 },
    },
  })
  list(@Query() query: ModelQuery): Promise<ModelPage> {
    return this.catalog.page(query);
  }

  @Get('types')
  @Needs('model:read')
  @Describe({
    summary: 'The types that a model can have',
    reply: ModelTypesReply,
    example: { types: MODEL_TYPES },
  })
  types(): ModelTypesReply {
    return { types: MODEL_TYPES };
  }

  @Get('summary')
  @Needs('model:read')
  @Describe({
    summary: 'How many models there are, and what is in memory',
    reply: ModelSummary,
    example: EXAMPLE_SUMMARY,
  })
  summary(): Promise<ModelSummary> {
    return this.catalog.summary();
  }

  @Post('refresh')
  @HttpCode(200)
  @Needs('model:manage')
  @Describe({
    summary: 'Look at the models folders again',
    reply: RefreshReply,
    example: { message: 'Model refresh completed', models_found: 5, models_updated: 2 },
  })
  async refresh(): Promise<RefreshReply> {
    const { found, updated } = await this.registry.refresh();
    return { message: 'Model refresh completed', models_found: found, models_updated: updated };
  }

  @Get(':modelId')
  @Needs('model:read')
  @Describe({
    summary: 'A model with all that is known of it',
    reply: ModelReply,
    example: { model: EXAMPLE_DETAILS },
    errors: [NOT_FOUND],
  })
  async details(@Param('modelId') modelId: string): Promise<ModelReply> {
    return { model: await this.catalog.details(modelId) };
  }

  @Post(':modelId/load')
  @HttpCode(200)
  @Needs('model:manage')
  @ApiBody({ schema: loadRequestSchema(), required: false, examples: EXAMPLE_WAYS })
  @Describe({
    summary: 'Load a model into memory',
    details:
      'Answers when it is ready. What the body says holds for every job that names the model and does not say otherwise, until it is unloaded by request.',
    reply: ModelDone,
    example: { message: 'Model loaded successfully', model: NAME },
    errors: [
      NOT_FOUND,
      new ModelNotLoadableError({ name: 'detail', type: 'lora' }),
      EngineError.loadFailed(NAME, 'the file is damaged'),
      EngineError.crashed('SIGSEGV'),
      EngineError.stalled(300),
      new EngineError('unavailable', 'The image engine could not be started.'),
    ],
  })
  async load(@Param('modelId') modelId: string, @Body() body: unknown): Promise<ModelDone> {
    const { name } = await this.loader.load(modelId, body);
    return { message: 'Model loaded successfully', model: name };
  }

  @Post(':modelId/unload')
  @HttpCode(200)
  @Needs('model:manage')
  @Describe({
    summary: 'Take a model out of memory',
    reply: ModelDone,
    example: { message: 'Model unloaded successfully', model: NAME },
    errors: [NOT_FOUND, new ModelNotLoadedError(NAME), new ModelInUseError(NAME, 'Wait.')],
  })
  async unload(@Param('modelId') modelId: string): Promise<ModelDone> {
    const { name } = await this.loader.unload(modelId);
    return { message: 'Model unloaded successfully', model: name };
  }

  @Post(':modelId/hash')
  @HttpCode(200)
  @Needs('model:manage')
  @Describe({
    summary: 'The SHA-256 of a model',
    details: 'Answers when it is known: at once, or after the file has been read.',
    reply: HashReply,
    example: { message: 'Model hash computed', model: NAME, sha256: EXAMPLE_MODEL.sha256 },
    errors: [NOT_FOUND],
  })
  async hash(@Param('modelId') modelId: string): Promise<HashReply> {
    const model = await this.models.findAny(modelId);
    const sha256 = await this.models.hashOf(model.path);
    return { message: 'Model hash computed', model: model.name, sha256 };
  }

  @Delete(':modelId')
  @Needs('model:manage')
  @Describe({
    summary: 'Delete a model from the disk',
    reply: ModelDone,
    example: { message: 'Model deleted successfully', model: NAME },
    errors: [
      NOT_FOUND,
      new ConfirmationRequiredError(NAME, ['loras/detail.safetensors']),
      new ModelInUseError(NAME, 'Unload it first.'),
      new ModelProtectedError(NAME, 'it came with the program.'),
    ],
  })
  async remove(
    @Param('modelId') modelId: string,
    @Query() { confirm }: RemovalQuery,
  ): Promise<ModelDone> {
    const { name } = await this.removal.remove(modelId, confirm ?? false);
    return { message: 'Model deleted successfully', model: name };
  }
}
