import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Needs } from '../../../auth/index.js';
import { ModelRegistry, ModelsService } from '../../../models/index.js';
import { Describe } from '../errors.js';
import { A1111Names, fileOf, stemOf, type Checkpoint } from './names.js';
import { CHECKPOINTS, EMBEDDINGS, LORAS, object, VAES } from './schemas.js';

const SHA256 = 'cc6cb27103417325ff94f52b7a5d2dde45a7515b25c255d8e396c90014281516';
const VAE = 'vae-ft-mse-840000-ema-pruned.safetensors';

interface Vae {
  model_name: string;
  filename: string;
}

const NO_FACTS = {
  step: null,
  sd_checkpoint: null,
  sd_checkpoint_name: null,
  shape: null,
  vectors: null,
};

/** Declares what looks at the models folders again. */
function Refreshes(path: string): MethodDecorator {
  return (target, property, descriptor: PropertyDescriptor) => {
    for (const decorate of [
      Post(path),
      HttpCode(200),
      Needs('model:read'),
      Describe({
        summary: 'Look at the models folders again',
        details:
          'Clients do so of themselves, so that it is for everybody, and waits where it was done just before.',
        schema: object({}),
        example: {},
      }),
    ])
      decorate(target, property, descriptor);
  };
}

/** What is in the models folders. */
@ApiTags('lists')
@Controller('sdapi/v1')
export class A1111ModelsController {
  constructor(
    private readonly names: A1111Names,
    private readonly models: ModelsService,
    private readonly registry: ModelRegistry,
  ) {}

  @Get('sd-models')
  @Needs('model:read')
  @Describe({
    summary: 'Models that draw',
    details: 'The hashes are null until they are known. Paths are those below the models folders.',
    schema: CHECKPOINTS,
    example: [
      {
        title: 'v1-5-pruned-emaonly.safetensors [cc6cb27103]',
        model_name: 'v1-5-pruned-emaonly',
        hash: 'cc6cb27103',
        sha256: SHA256,
        filename: 'v1-5-pruned-emaonly.safetensors',
        config: null,
      },
    ],
  })
  async checkpoints(): Promise<Checkpoint[]> {
    return (await this.names.drawable()).map((model) => this.names.checkpoint(model));
  }

  @Get('sd-vae')
  @Needs('model:read')
  @Describe({ summary: 'VAEs', schema: VAES, example: [{ model_name: VAE, filename: VAE }] })
  async vaes(): Promise<Vae[]> {
    const models = await this.models.listOfType('vae');
    return models.map((model) => ({ model_name: fileOf(model), filename: fileOf(model) }));
  }

  @Get('sd-modules')
  @Needs('model:read')
  @Describe({
    summary: 'VAEs, where Forge has them',
    schema: VAES,
    example: [{ model_name: VAE, filename: VAE }],
  })
  modules(): Promise<Vae[]> {
    return this.vaes();
  }

  @Get('loras')
  @Needs('model:read')
  @Describe({
    summary: 'LoRAs',
    schema: LORAS,
    example: [
      {
        name: 'add_detail',
        alias: 'add_detail',
        path: 'loras/add_detail.safetensors',
        metadata: {},
      },
    ],
  })
  async loras() {
    const models = await this.models.listOfType('lora');
    return models.map((model) => ({
      name: stemOf(model),
      alias: stemOf(model),
      path: model.relativePath,
      metadata: {},
    }));
  }

  @Get('embeddings')
  @Needs('model:read')
  @Describe({
    summary: 'Textual inversions',
    details: 'Each is used by writing its name in a prompt. What they were trained on is not read.',
    schema: EMBEDDINGS,
    example: { loaded: { easynegative: NO_FACTS }, skipped: {} },
  })
  async embeddings() {
    const models = await this.models.listOfType('embedding');
    const loaded = Object.fromEntries(models.map((model) => [stemOf(model), NO_FACTS]));
    return { loaded, skipped: {} };
  }

  @Refreshes('refresh-checkpoints')
  refreshCheckpoints(): Promise<object> {
    return this.refresh();
  }

  @Refreshes('refresh-vae')
  refreshVaes(): Promise<object> {
    return this.refresh();
  }

  @Refreshes('refresh-loras')
  refreshLoras(): Promise<object> {
    return this.refresh();
  }

  @Refreshes('refresh-embeddings')
  refreshEmbeddings(): Promise<object> {
    return this.refresh();
  }

  private async refresh(): Promise<object> {
    await this.registry.refreshInTurn();
    return {};
  }
}
