import { freemem, totalmem } from 'node:os';
import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Needs } from '../../../auth/index.js';
import { IMAGE_ENGINE, type ImageEngine } from '../../../engine/index.js';
import { ModelsService } from '../../../models/index.js';
import { Describe } from '../errors.js';
import { stemOf } from './names.js';
import { samplersOf, schedulersOf } from './samplers.js';
import { MEMORY, MODES, object, SAMPLERS, SCHEDULERS, UPSCALERS } from './schemas.js';

const NO_MODEL = { model_name: null, model_path: null, model_url: null };

const AUTOMATIC = {
  name: 'automatic',
  label: 'Automatic',
  aliases: null,
  default_rho: -1,
  need_inner_model: false,
};

const GPU = ['gpu', 'igpu', 'accelerator'];

function roomOf(total: number, free: number) {
  return { free, used: total - free, total };
}

/** What the engine offers, and the memory that it works in. */
@ApiTags('lists')
@Controller('sdapi/v1')
export class A1111EngineController {
  constructor(
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
    private readonly models: ModelsService,
  ) {}

  @Get('samplers')
  @Needs('model:read')
  @Describe({
    summary: 'Samplers',
    schema: SAMPLERS,
    example: [{ name: 'Euler a', aliases: ['k_euler_a', 'euler_a'], options: {} }],
  })
  async samplers() {
    const { samplers } = await this.engine.facts();
    return samplersOf(samplers).map(({ name, aliases }) => ({ name, aliases, options: {} }));
  }

  @Get('schedulers')
  @Needs('model:read')
  @Describe({
    summary: 'Schedules',
    details: 'With `automatic` the model or the engine chooses.',
    schema: SCHEDULERS,
    example: [AUTOMATIC],
  })
  async schedulers() {
    const { schedulers } = await this.engine.facts();
    const known = schedulersOf(schedulers).map(({ name, label, aliases }) => ({
      ...AUTOMATIC,
      name,
      label,
      aliases,
    }));
    return [AUTOMATIC, ...known];
  }

  @Get('upscalers')
  @Needs('model:read')
  @Describe({
    summary: 'Ways to enlarge a picture',
    schema: UPSCALERS,
    example: [{ name: 'Lanczos', ...NO_MODEL, scale: 4 }],
  })
  async upscalers() {
    const models = await this.models.listOfType('esrgan');
    return [
      ...['None', 'Lanczos', 'Nearest'].map((name) => ({ name, ...NO_MODEL, scale: 4 })),
      ...models.map((model) => ({
        name: stemOf(model),
        model_name: stemOf(model),
        model_path: model.relativePath,
        model_url: null,
        scale: null,
      })),
    ];
  }

  @Get('latent-upscale-modes')
  @Needs('model:read')
  @Describe({
    summary: 'Ways in which the second pass enlarges before it draws on',
    schema: MODES,
    example: [{ name: 'Latent' }, { name: 'Latent (bicubic)' }],
  })
  async latentModes() {
    const { hiresUpscalers } = await this.engine.facts();
    return hiresUpscalers.filter((name) => name.startsWith('Latent')).map((name) => ({ name }));
  }

  @Get('memory')
  @Needs('system:read')
  @Describe({
    summary: 'Memory of the machine, and of the device that draws',
    schema: MEMORY,
    example: {
      ram: { free: 8_000_000_000, used: 8_000_000_000, total: 16_000_000_000 },
      cuda: { error: 'unavailable' },
    },
  })
  async memory() {
    const { devices } = await this.engine.facts();
    const device = devices.find(({ type }) => GPU.includes(type));
    const cuda = device
      ? { system: roomOf(device.memoryTotal, device.memoryFree) }
      : { error: 'unavailable' };
    return { ram: roomOf(totalmem(), freemem()), cuda };
  }

  @Post('unload-checkpoint')
  @HttpCode(200)
  @Needs('job:create')
  @Describe({
    summary: 'Without effect',
    details: 'The server decides itself which models stay in memory, for all of its users.',
    schema: object({}),
    example: {},
  })
  unload(): object {
    return {};
  }

  @Post('reload-checkpoint')
  @HttpCode(200)
  @Needs('job:create')
  @Describe({
    summary: 'Without effect',
    details: 'A model is loaded when a picture needs it.',
    schema: object({}),
    example: {},
  })
  reload(): object {
    return {};
  }
}
