import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Needs } from '../auth/index.js';
import { LoadModelDto } from './load-model.dto.js';
import { ModelCatalog, type ModelDetails, type ModelPage } from './model-catalog.js';
import { ModelLoader } from './model-loader.js';
import { ModelQuery, RemovalQuery } from './model-query.js';
import { ModelRegistry } from './model-registry.js';
import { ModelRemoval } from './model-removal.js';
import { MODEL_TYPES } from './model-type.js';
import { ModelsService } from './models.service.js';

/** What was done to which model. */
export interface ModelDone {
  message: string;
  /** Its name. */
  model: string;
}

/** Seed stable-diffusion-cpp-rest, "Model Management". */
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
  list(@Query() query: ModelQuery): Promise<ModelPage> {
    return this.catalog.page(query);
  }

  @Get('types')
  @Needs('model:read')
  types(): { types: readonly string[] } {
    return { types: MODEL_TYPES };
  }

  @Post('refresh')
  @HttpCode(200)
  @Needs('model:manage')
  async refresh(): Promise<object> {
    const { found, updated } = await this.registry.refresh();
    return {
      message: 'Model refresh completed',
      models_found: found,
      models_updated: updated,
    };
  }

  @Get(':modelId')
  @Needs('model:read')
  async details(@Param('modelId') modelId: string): Promise<{ model: ModelDetails }> {
    return { model: await this.catalog.details(modelId) };
  }

  @Post(':modelId/load')
  @HttpCode(200)
  @Needs('model:manage')
  async load(@Param('modelId') modelId: string, @Body() body: LoadModelDto): Promise<ModelDone> {
    const { name } = await this.loader.load(modelId, body ?? {});
    return { message: 'Model loaded successfully', model: name };
  }

  @Post(':modelId/unload')
  @HttpCode(200)
  @Needs('model:manage')
  async unload(@Param('modelId') modelId: string): Promise<ModelDone> {
    const { name } = await this.loader.unload(modelId);
    return { message: 'Model unloaded successfully', model: name };
  }

  /** Answers when the hash is known: at once, or after the file has been read. */
  @Post(':modelId/hash')
  @HttpCode(200)
  @Needs('model:manage')
  async hash(@Param('modelId') modelId: string): Promise<ModelDone & { sha256: string }> {
    const model = await this.models.findAny(modelId);
    const sha256 = await this.models.hashOf(model.path);
    return { message: 'Model hash computed', model: model.name, sha256 };
  }

  @Delete(':modelId')
  @Needs('model:manage')
  async remove(
    @Param('modelId') modelId: string,
    @Query() { confirm }: RemovalQuery,
  ): Promise<ModelDone> {
    const { name } = await this.removal.remove(modelId, confirm ?? false);
    return { message: 'Model deleted successfully', model: name };
  }
}
