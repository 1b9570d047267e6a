import { Inject, Injectable } from '@nestjs/common';
import { IMAGE_ENGINE, type EngineDevice, type ImageEngine } from '../../../engine/index.js';

const GPUS: readonly EngineDevice['type'][] = ['gpu', 'igpu', 'accelerator'];

/** Bytes of its memory that are taken, by whomever. */
export function usedBy({ memoryTotal, memoryFree }: EngineDevice): number {
  return Math.max(0, memoryTotal - memoryFree);
}

/** What the engine computes on, besides the processor. */
@Injectable()
export class MoldGpus {
  constructor(@Inject(IMAGE_ENGINE) private readonly engine: ImageEngine) {}

  /** None while the engine is not available. */
  async now(): Promise<EngineDevice[]> {
    const facts = await this.engine.facts().catch(() => undefined);
    return facts?.devices.filter(({ type }) => GPUS.includes(type)) ?? [];
  }
}
