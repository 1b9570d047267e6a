import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import {
  EngineError,
  IMAGE_ENGINE,
  type EngineWatch,
  type ImageEngine,
  type LoadOptions,
  type ModelFiles,
  type ModelSpec,
} from '../engine/index.js';
import { toEvict } from './eviction.js';
import type { Model } from './model.js';

/** Size of the warm-up picture where the model recommends none, in pixels: small, because only the weights matter. */
const WARM_UP_SIDE = 256;

export interface WantedModel {
  model: Model;
  options: LoadOptions;
  /** Files that take a part of the model instead of its own. */
  components?: Partial<ModelFiles>;
}

/** A model that is ready to draw. */
export interface ReadyModel {
  /** The engine's name for it. */
  key: string;
  /** The files that it was really made of. */
  files: ModelFiles;
}

interface Resident {
  /** Bytes of its files: near what it takes in memory. */
  bytes: number;
  /** How many are drawing with it; it stays until they have ended. */
  users: number;
}

function keyOf(files: ModelFiles, options: LoadOptions): string {
  const sorted = [files, options].map((part) =>
    Object.entries(part).toSorted(([a], [b]) => a.localeCompare(b)),
  );
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 24);
}

async function bytesOf(files: ModelFiles): Promise<number> {
  const stats = await Promise.all(Object.values(files).map((path) => stat(path as string)));
  return stats.reduce((sum, { size }) => sum + size, 0);
}

/** Settles when the signal is aborted, by failing. */
function aborted(signal: AbortSignal): { promise: Promise<never>; forget: () => void } {
  let stop: () => void = () => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    stop = () => reject(EngineError.cancelled());
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  promise.catch(() => undefined);
  return { promise, forget: () => signal.removeEventListener('abort', stop) };
}

/** The one owner of the question which models are in memory. */
@Injectable()
export class Residency {
  private readonly residents = new Map<string, Resident>();
  private turn: Promise<unknown> = Promise.resolve();
  private released = Promise.withResolvers<void>();

  constructor(
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Makes the model ready, giving up others for which there is no room, and keeps it until `work` ends.
   * Waits while what would have to be given up is in use.
   * @throws EngineError, and whatever `work` throws.
   */
  async use<T>(
    wanted: WantedModel,
    watch: EngineWatch | undefined,
    work: (ready: ReadyModel) => Promise<T>,
  ): Promise<T> {
    const spec = this.specOf(wanted);
    const resident = await this.acquire(spec, watch);
    try {
      return await work({ key: spec.key, files: spec.files });
    } finally {
      resident.users -= 1;
      this.released.resolve();
      this.released = Promise.withResolvers();
    }
  }

  private async acquire(spec: ModelSpec, watch: EngineWatch = {}): Promise<Resident> {
    return this.inTurn(watch.signal, async () => {
      const bytes = await bytesOf(spec.files);
      await this.makeRoom(spec.key, bytes, watch.signal);
      await this.engine.load(spec, watch);
      const resident = this.residents.get(spec.key) ?? { bytes, users: 0 };
      this.residents.set(spec.key, resident);
      resident.users += 1;
      return resident;
    });
  }

  private async makeRoom(key: string, bytes: number, signal?: AbortSignal): Promise<void> {
    const limits = { count: this.config.engine.modelsKept, bytes: Infinity };
    for (;;) {
      const released = this.released.promise;
      const loaded = (await this.engine.loaded()).map((name) => {
        const { bytes: size = 0, users = 0 } = this.residents.get(name) ?? {};
        return { key: name, bytes: size, busy: users > 0 };
      });
      const plan = toEvict(loaded, { key, bytes }, limits);
      for (const idle of plan.evict) await this.drop(idle);
      if (!plan.wait) return;
      await unlessAborted(released, signal);
    }
  }

  private async drop(key: string): Promise<void> {
    await this.engine.unload(key);
    this.residents.delete(key);
  }

  /** One after the other; who is aborted while waiting leaves at once. */
  private inTurn<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(() => {
      if (signal?.aborted) throw EngineError.cancelled();
      return work();
    });
    this.turn = result.catch(() => undefined);
    return result;
  }

  private specOf({ model, options, components }: WantedModel): ModelSpec {
    const files = { ...model.files, ...components };
    const threads = options.threads || this.config.engine.threads;
    const load = { ...options, threads };
    const { width = WARM_UP_SIDE, height = WARM_UP_SIDE } = model.recommended;
    const key = keyOf(files, load);
    return { key, name: model.name, files, options: load, warmUp: { width, height } };
  }
}

async function unlessAborted(work: Promise<void>, signal?: AbortSignal): Promise<void> {
  if (!signal) return work;
  const { promise, forget } = aborted(signal);
  try {
    await Promise.race([work, promise]);
  } finally {
    forget();
  }
}
