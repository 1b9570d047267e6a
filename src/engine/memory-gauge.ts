import { readFileSync, writeFileSync } from 'node:fs';
import type { EngineDevice, EngineMemory } from './image-engine.js';

/** How often memory is looked at while work is done, in milliseconds. */
const LOOK_EVERY_MS = 100;

const KIB = 1024;

/** Lets Linux count the highest point of this process anew; other systems, and some containers, cannot. */
function forgetHighest(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}

/** The highest point of this process since it was forgotten, in bytes. */
function highest(): number {
  const [, kib = '0'] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kib) * KIB;
}

function inUse(devices: EngineDevice[]): number | null {
  const told = devices.filter(({ type, memoryTotal }) => type !== 'cpu' && memoryTotal > 0);
  if (told.length === 0) return null;
  return told.reduce((sum, { memoryTotal, memoryFree }) => sum + memoryTotal - memoryFree, 0);
}

function combine(
  a: EngineMemory,
  b: EngineMemory,
  rule: (a: number, b: number) => number,
): EngineMemory {
  const device = a.device === null || b.device === null ? a.device : rule(a.device, b.device);
  return { ram: rule(a.ram, b.ram), device };
}

const beyond = (a: number, b: number): number => Math.max(a - b, 0);

/**
 * How much memory the work of an engine takes: of this process, and of the devices whose drivers tell.
 * What the process took before it held any model counts for none.
 */
export class MemoryGauge {
  private readonly idle: EngineMemory;
  /** What each thing takes that stays in memory. */
  private readonly kept = new Map<string, EngineMemory>();

  /** @param devices as they are at the moment; without any, only the process is measured. */
  constructor(private readonly devices: () => EngineDevice[]) {
    this.idle = this.now();
  }

  /** Does work of which something stays in memory under this key. */
  async keeping<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.now();
    const result = await work();
    this.kept.set(key, combine(this.now(), before, beyond));
    return result;
  }

  forget(key: string): void {
    this.kept.delete(key);
  }

  /**
   * Does work with what is kept under this key, and tells what it took at its peak: without what else
   * is kept. Work that fails is not told of.
   */
  async measuring<T>(
    key: string | undefined,
    tell: ((memory: EngineMemory) => void) | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    if (!tell) return work();
    const counted = forgetHighest();
    let peak = this.now();
    const look = (): void => {
      peak = combine(this.now(), peak, Math.max);
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    try {
      const result = await work();
      look();
      if (counted) peak.ram = Math.max(peak.ram, highest());
      tell(combine(peak, this.besides(key), beyond));
      return result;
    } finally {
      clearInterval(timer);
    }
  }

  private now(): EngineMemory {
    return { ram: process.memoryUsage.rss(), device: inUse(this.devices()) };
  }

  /** What is in memory that has nothing to do with the key. */
  private besides(key: string | undefined): EngineMemory {
    const others = [...this.kept].filter(([other]) => other !== key);
    return others.reduce((sum, [, memory]) => combine(sum, memory, (a, b) => a + b), this.idle);
  }
}
