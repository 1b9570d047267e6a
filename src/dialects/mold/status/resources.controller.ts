import { availableParallelism, freemem, hostname, loadavg, totalmem } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { residentBytes } from '../../../common/index.js';
import { EventStreams, type ServerSentEvent } from '../../../connections/index.js';
import { IMAGE_ENGINE, type ImageEngine } from '../../../engine/index.js';
import { Describe } from '../errors.js';
import { COUNT, object, orNull, TEXT } from '../schemas.js';
import { MoldGpus, usedBy } from './gpus.js';

/** Milliseconds between two looks. */
const LOOK_MS = 2000;

const GPU = object({
  ordinal: COUNT,
  name: TEXT,
  backend: { enum: ['cuda', 'metal'], description: '`cuda` for all but Metal.' },
  vram_total: COUNT,
  vram_used: COUNT,
  vram_used_by_mold: { ...orNull(COUNT), description: 'Not told: null.' },
  vram_used_by_other: { ...orNull(COUNT), description: 'Not told: null.' },
});

const SNAPSHOT = object({
  hostname: TEXT,
  timestamp: { ...COUNT, description: 'Unix time in milliseconds.' },
  gpus: { type: 'array', items: GPU },
  system_ram: object({ total: COUNT, used: COUNT, used_by_mold: COUNT, used_by_other: COUNT }),
  cpu: object({
    cores: COUNT,
    usage_percent: { type: 'number', description: 'By the load of the last minute.' },
  }),
});

const GIB = 2 ** 30;

const EXAMPLE = {
  hostname: 'studio',
  timestamp: 1_763_700_000_000,
  gpus: [
    {
      ordinal: 0,
      name: 'NVIDIA GeForce RTX 4090',
      backend: 'cuda',
      vram_total: 24 * GIB,
      vram_used: 8 * GIB,
      vram_used_by_mold: null,
      vram_used_by_other: null,
    },
  ],
  system_ram: { total: 64 * GIB, used: 20 * GIB, used_by_mold: 12 * GIB, used_by_other: 8 * GIB },
  cpu: { cores: 16, usage_percent: 12.5 },
};

/** Memory in bytes, and the processor. */
@ApiTags('status')
@Controller('mold/api/resources')
export class MoldResourcesController {
  constructor(
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
    private readonly gpus: MoldGpus,
    private readonly streams: EventStreams,
  ) {}

  @Get()
  @Needs('system:read')
  @Describe({ summary: 'What the server has and takes', schema: SNAPSHOT, example: EXAMPLE })
  async now() {
    const [devices, engine] = await Promise.all([
      this.gpus.now(),
      residentBytes(this.engine.health().pid),
    ]);
    const total = totalmem();
    const used = total - freemem();
    const own = Math.min(used, process.memoryUsage.rss() + (engine ?? 0));
    const cores = availableParallelism();
    const [load = 0] = loadavg();
    return {
      hostname: hostname(),
      timestamp: Date.now(),
      gpus: devices.map((device, ordinal) => ({
        ordinal,
        name: device.description || device.name,
        backend: /metal|mtl/i.test(device.name) ? 'metal' : 'cuda',
        vram_total: device.memoryTotal,
        vram_used: usedBy(device),
        vram_used_by_mold: null,
        vram_used_by_other: null,
      })),
      system_ram: { total, used, used_by_mold: own, used_by_other: used - own },
      cpu: { cores, usage_percent: Math.min(100, Math.round((load / cores) * 1000) / 10) },
    };
  }

  @Get('stream')
  @Needs('system:read')
  @Describe({
    summary: 'The same, again and again',
    details: 'Events `snapshot`.',
    files: ['text/event-stream'],
  })
  stream(@Caller() caller: Principal, @Res() reply: FastifyReply): Promise<void> {
    return this.streams.send(caller, reply, (gone) => this.snapshots(gone));
  }

  private async *snapshots(gone: AbortSignal): AsyncGenerator<ServerSentEvent, void> {
    while (!gone.aborted) {
      yield { event: 'snapshot', data: await this.now() };
      await pause(LOOK_MS, undefined, { signal: gone }).catch(() => undefined);
    }
  }
}
