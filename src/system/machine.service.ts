import { statfs } from 'node:fs/promises';
import {
  arch,
  availableParallelism,
  cpus,
  freemem,
  loadavg,
  platform,
  release,
  totalmem,
  uptime,
} from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { messageOf, residentBytes, withoutPaths } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { IMAGE_ENGINE, type ImageEngine } from '../engine/index.js';
import type { DiskDto, EngineDto, SystemDto } from './machine.dto.js';

async function disk(path: string): Promise<DiskDto> {
  const { blocks, bavail, bsize } = await statfs(path);
  return { path, total: blocks * bsize, free: bavail * bsize };
}

/** What the server runs on and what it takes of it. */
@Injectable()
export class MachineService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
  ) {}

  async look(): Promise<SystemDto> {
    const [engine, dataDisk] = await Promise.all([
      this.lookAtEngine(),
      disk(this.config.storage.dataDir),
    ]);
    const [load = 0] = loadavg();
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    return {
      node: process.version,
      platform: platform(),
      release: release(),
      arch: arch(),
      uptime: Math.round(uptime()),
      cpu: { model: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), load },
      memory: { total: totalmem(), free: freemem() },
      process: {
        pid: process.pid,
        uptime: Math.round(process.uptime()),
        memory: rss,
        heap: heapUsed,
        cpu_seconds: (user + system) / 1e6,
      },
      disk: dataDisk,
      engine,
    };
  }

  private async lookAtEngine(): Promise<EngineDto> {
    const { pid, restarts } = this.engine.health();
    const health = { pid, memory: await residentBytes(pid), restarts };
    try {
      const facts = await this.engine.facts();
      return {
        available: true,
        ...health,
        name: facts.name,
        version: facts.version,
        commit: facts.commit,
        features: facts.systemInfo,
        physical_cores: facts.physicalCores,
        devices: facts.devices.map(({ name, description, type, memoryTotal, memoryFree }) => ({
          name,
          description,
          type,
          memory_total: memoryTotal,
          memory_free: memoryFree,
        })),
      };
    } catch (error) {
      return { available: false, ...health, problem: withoutPaths(messageOf(error)) };
    }
  }
}
