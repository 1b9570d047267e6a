import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import {
  IMAGE_ENGINE,
  type EngineWatch,
  type ImageEngine,
  type LoadOptions,
  type ModelFiles,
  type ModelSpec,
} from '../engine/index.js';
import type { Model } from './model.js';

/** Size of the warm-up picture where the model recommends none, in pixels: small, because only the weights matter. */
const WARM_UP_SIDE = 256;

export interface WantedModel {
  model: Model;
  options: LoadOptions;
  /** Files that take a part of the model instead of its own. */
  components?: Partial<ModelFiles>;
}

function keyOf(files: ModelFiles, options: LoadOptions): string {
  const sorted = [files, options].map((part) =>
    Object.entries(part).toSorted(([a], [b]) => a.localeCompare(b)),
  );
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 24);
}

/** Which of the loaded models to give up so that one more has room; the least recently used come first. */
export function toEvict(loaded: readonly string[], wanted: string, room: number): string[] {
  if (loaded.includes(wanted)) return [];
  return loaded.slice(0, Math.max(0, loaded.length + 1 - room));
}

/** The one owner of the question which models are in memory. */
@Injectable()
export class Residency {
  constructor(
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Makes the model ready to draw, giving up others for which there is no room.
   * @returns the key under which the engine knows it.
   * @throws EngineError
   */
  async ready(wanted: WantedModel, watch?: EngineWatch): Promise<string> {
    const spec = this.specOf(wanted);
    for (const key of toEvict(
      await this.engine.loaded(),
      spec.key,
      this.config.engine.modelsKept,
    )) {
      await this.engine.unload(key);
    }
    await this.engine.load(spec, watch);
    return spec.key;
  }

  private specOf({ model, options, components }: WantedModel): ModelSpec {
    const files = { ...model.files, ...components };
    const threads = options.threads || this.config.engine.threads;
    const load = { ...options, threads };
    const { width = WARM_UP_SIDE, height = WARM_UP_SIDE } = model.recommended;
    return {
      key: keyOf(files, load),
      name: model.name,
      files,
      options: load,
      warmUp: { width, height },
    };
  }
}
