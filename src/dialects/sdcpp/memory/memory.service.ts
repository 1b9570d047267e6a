import { readFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { IMAGE_ENGINE, type EngineDevice, type ImageEngine } from '../../../engine/index.js';
import type { Room, SdcppMemoryDto, SdcppProcessMemoryDto } from './memory.dto.js';

const KIB = 1024;
const MIB = 1024 * KIB;

const DEVICE_TYPES: readonly EngineDevice['type'][] = ['gpu', 'igpu', 'accelerator'];

function mib(bytes: number): number {
  return Math.round(bytes / MIB);
}

function roomOf(total: number, free: number): Room {
  const used = total - free;
  return {
    total_bytes: total,
    used_bytes: used,
    free_bytes: free,
    total_mb: mib(total),
    used_mb: mib(used),
    free_mb: mib(free),
    usage_percent: total === 0 ? 0 : Math.round((used / total) * 1000) / 10,
  };
}

/** Resident and virtual bytes of a process; nothing where the system does not tell. */
async function memoryOf(pid: number | 'self'): Promise<{ rss: number; virtual: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const bytes = (field: string): number =>
    // pattern-check: of the names below, on what the system says of a process.
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * KIB;
  return { rss: bytes('VmRSS'), virtual: bytes('VmSize') };
}

/** How much memory there is, and how much of it is taken. */
@Injectable()
export class SdcppMemory {
  constructor(@Inject(IMAGE_ENGINE) private readonly engine: ImageEngine) {}

  async look(): Promise<SdcppMemoryDto> {
    const [process, device] = await Promise.all([this.ofProcesses(), this.device()]);
    const { name = '', memoryTotal = 0, memoryFree = 0 } = device ?? {};
    return {
      system: roomOf(totalmem(), freemem()),
      process,
      gpu: { available: device !== undefined, name, ...roomOf(memoryTotal, memoryFree) },
    };
  }

  /** Of the server and of its engine, which are one program to clients of this API. */
  private async ofProcesses(): Promise<SdcppProcessMemoryDto> {
    const { pid } = this.engine.health();
    const parts = await Promise.all([memoryOf('self'), ...(pid === null ? [] : [memoryOf(pid)])]);
    const rss = parts.reduce((sum, part) => sum + part.rss, 0) || process.memoryUsage.rss();
    const virtual = parts.reduce((sum, part) => sum + part.virtual, 0);
    return { rss_bytes: rss, virtual_bytes: virtual, rss_mb: mib(rss), virtual_mb: mib(virtual) };
  }

  private async device(): Promise<EngineDevice | undefined> {
    const facts = await this.engine.facts().catch(() => undefined);
    return facts?.devices.find(({ type }) => DEVICE_TYPES.includes(type));
  }
}
