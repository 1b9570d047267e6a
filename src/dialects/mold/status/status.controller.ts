import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { readBuildInfo, VERSION } from '../../../common/index.js';
import { CONFIG, type Config } from '../../../config/index.js';
import { ModelCatalog } from '../../../models/index.js';
import { OwnJobs, QueueFigures, type JobDetails } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { MoldNames } from '../models/names.js';
import { MoldGpus, usedBy } from './gpus.js';
import { MoldInstance } from './instance.js';
import { COUNT, FLAG, object, orNull, TEXT } from '../schemas.js';

const MIB = 1024 * 1024;

const GENERATION = {
  ...object({ model: TEXT, prompt_sha256: TEXT, started_at_unix_ms: COUNT, elapsed_ms: COUNT }),
  type: ['object', 'null'],
  description: 'What is being drawn for the caller.',
};

const GPU_INFO = {
  ...object({ name: TEXT, vram_total_mb: COUNT, vram_used_mb: COUNT }),
  type: ['object', 'null'],
};

const GPU = object(
  {
    ordinal: COUNT,
    name: TEXT,
    vram_total_bytes: COUNT,
    vram_used_bytes: COUNT,
    state: { enum: ['idle', 'generating'] },
  },
  { loaded_model: orNull(TEXT) },
);

const STATUS = object({
  version: TEXT,
  git_sha: TEXT,
  build_date: TEXT,
  models_loaded: { type: 'array', items: TEXT },
  busy: { ...FLAG, description: 'Whether the engine is at work, for whomever.' },
  current_generation: GENERATION,
  gpu_info: GPU_INFO,
  gpus: { type: 'array', items: GPU },
  uptime_secs: COUNT,
  hostname: TEXT,
  instance_id: { ...TEXT, description: 'Stays the same for as long as the data folder does.' },
  memory_status: orNull(TEXT),
  queue_depth: { ...COUNT, description: 'Jobs that wait for the engine.' },
  queue_capacity: { ...COUNT, description: 'How many may wait.' },
});

function generationOf(job: JobDetails | undefined, now: number) {
  if (job?.status !== 'processing') return null;
  return {
    model: job.model ?? '',
    prompt_sha256: createHash('sha256').update(job.prompt).digest('hex'),
    started_at_unix_ms: now - job.time_elapsed,
    elapsed_ms: job.time_elapsed,
  };
}

/** Seed mold-server-api, "/api/status". */
@ApiTags('status')
@Controller('mold/api/status')
export class MoldStatusController {
  private readonly build = readBuildInfo();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly gpus: MoldGpus,
    private readonly catalog: ModelCatalog,
    private readonly names: MoldNames,
    private readonly figures: QueueFigures,
    private readonly own: OwnJobs,
    private readonly instance: MoldInstance,
  ) {}

  @Get()
  @Needs('system:read')
  @Describe({
    summary: 'How the server is',
    schema: STATUS,
    example: {
      version: '1.0.0',
      git_sha: 'da039e1',
      build_date: '2026-03-25',
      models_loaded: ['flux-schnell:q8'],
      busy: false,
      current_generation: null,
      gpu_info: { name: 'NVIDIA GeForce RTX 4090', vram_total_mb: 24_564, vram_used_mb: 8192 },
      gpus: [],
      uptime_secs: 3600,
      hostname: 'studio',
      instance_id: '7d1f4c0a9b2e4f6a8c3d5e7f90a1b2c3',
      memory_status: null,
      queue_depth: 0,
      queue_capacity: 1000,
    },
  })
  async status(@Caller() caller: Principal) {
    const [{ commit, build_time }, queue, devices, loaded, current] = await Promise.all([
      this.build,
      this.figures.now(),
      this.gpus.now(),
      this.loaded(),
      this.own.current(caller),
    ]);
    const busy = queue.active_generations > 0;
    const [gpu] = devices;
    return {
      version: VERSION,
      git_sha: commit.short,
      build_date: build_time.slice(0, 10),
      models_loaded: loaded,
      busy,
      current_generation: generationOf(current, Date.now()),
      gpu_info: gpu
        ? {
            name: gpu.description || gpu.name,
            vram_total_mb: Math.round(gpu.memoryTotal / MIB),
            vram_used_mb: Math.round(usedBy(gpu) / MIB),
          }
        : null,
      gpus: devices.map((device, ordinal) => ({
        ordinal,
        name: device.description || device.name,
        vram_total_bytes: device.memoryTotal,
        vram_used_bytes: usedBy(device),
        loaded_model: loaded[0] ?? null,
        state: busy ? 'generating' : 'idle',
      })),
      uptime_secs: Math.round(process.uptime()),
      hostname: hostname(),
      instance_id: this.instance.id,
      memory_status: null,
      queue_depth: queue.size,
      queue_capacity: this.config.queue.limit,
    };
  }

  private async loaded(): Promise<string[]> {
    const ids = new Set(await this.catalog.loaded());
    return (await this.names.list())
      .filter(({ model }) => ids.has(model.id))
      .map(({ name }) => name);
  }
}
