import { stat } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import {
  EngineError,
  IMAGE_ENGINE,
  type EngineWatch,
  type ImageEngine,
  type ModelFiles,
  type ModelSpec,
} from '../engine/index.js';
import { EventBus } from '../events/index.js';
import { toEvict, type Loaded, type ModelGroup, type Wanted } from './eviction.js';
import { mergeWays, toSpec, type WantedModel, type WayToLoad } from './load-spec.js';
import type { Model } from './model.js';
import { ModelInUseError, ModelNotLoadedError } from './models.errors.js';

const MIB = 1024 * 1024;

/** A model that is ready to work. */
export interface ReadyModel {
  /** The engine's name for it. */
  key: string;
  /** The files that it was really made of. */
  files: ModelFiles;
}

/** A model in memory. */
export interface Resident {
  model: Pick<Model, 'id' | 'name' | 'type'>;
  spec: ModelSpec;
  /** Bytes of its files: near what it takes in memory. */
  bytes: number;
  /** How many are working with it; it stays until they have ended. */
  users: number;
  loadedAt: Date;
  /** When it was last loaded, or somebody ended with it. */
  usedAt: Date;
}

async function bytesOf(files: ModelFiles): Promise<number> {
  const stats = await Promise.all(Object.values(files).map((path) => stat(path as string)));
  return stats.reduce((sum, { size }) => sum + size, 0);
}

/** @throws EngineError cancelled as soon as the signal is aborted, whatever becomes of the work. */
async function unlessAborted(
  signal: AbortSignal | undefined,
  work: Promise<unknown>,
): Promise<void> {
  if (signal?.aborted) throw EngineError.cancelled();
  const aborted = Promise.withResolvers<never>();
  const stop = (): void => aborted.reject(EngineError.cancelled());
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** An engine that dies while it is asked holds nothing any more. */
function nothingIfDead(error: unknown): string[] {
  if (error instanceof EngineError) return [];
  throw error;
}

/** A model of another engine, as far as room for models is concerned. */
export interface SharedResident extends Loaded {
  usedAt: Date;
}

/** Models that another engine holds in the same memory. */
export interface SharedResidents {
  residents(): SharedResident[];
  /** Gives up one that is not in use. */
  drop(key: string): Promise<void>;
}

function groupOf({ enlarges }: ModelSpec): ModelGroup {
  return enlarges ? 'upscalers' : 'images';
}

/** The one owner of the question which models are in memory. */
@Injectable()
export class Residency {
  private readonly residents = new Map<string, Resident>();
  /** How models are loaded that were loaded by request, by their id. */
  private readonly ways = new Map<string, WayToLoad>();
  private readonly others: SharedResidents[] = [];
  private turn: Promise<unknown> = Promise.resolve();
  private released = Promise.withResolvers<void>();

  constructor(
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
    @Inject(CONFIG) private readonly config: Config,
    private readonly events: EventBus,
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
    const resident = await this.inTurn(watch?.signal, async () => {
      const acquired = await this.acquire(wanted, watch);
      acquired.users += 1;
      return acquired;
    });
    try {
      const { key, files } = resident.spec;
      return await work({ key, files });
    } finally {
      resident.users -= 1;
      resident.usedAt = new Date();
      this.noteReleased();
    }
  }

  /** Adds models of another engine to the one account of what is in memory. */
  share(others: SharedResidents): void {
    this.others.push(others);
  }

  /**
   * Loads a model of another engine once there is room for it, giving up others as {@link use} does.
   * @throws EngineError cancelled, and whatever `load` throws
   */
  admit<T>(wanted: Wanted, signal: AbortSignal, load: () => Promise<T>): Promise<T> {
    return this.inTurn(signal, async () => {
      await this.makeRoom(wanted, signal);
      return load();
    });
  }

  /** Somebody no longer works with a model: who waits for room looks again. */
  noteReleased(): void {
    this.released.resolve();
    this.released = Promise.withResolvers();
  }

  /**
   * Makes the model ready in this way, which is then how it is loaded for everybody who does not say
   * otherwise, until it is unloaded by request. @throws EngineError
   */
  async load(model: Model, way: WayToLoad): Promise<void> {
    await this.inTurn(undefined, async () => {
      const before = this.ways.get(model.id);
      this.ways.set(model.id, way);
      try {
        await this.dropOtherWays(model, toSpec({ model, ...way }, this.config.engine.threads).key);
        await this.acquire({ model, ...way });
      } catch (error) {
        if (before) this.ways.set(model.id, before);
        else this.ways.delete(model.id);
        throw error;
      }
    });
  }

  /** @throws ModelNotLoadedError, ModelInUseError */
  async unload(model: Model): Promise<void> {
    await this.inTurn(undefined, async () => {
      const residents = (await this.loaded()).filter((one) => one.model.id === model.id);
      if (residents.length === 0 && !this.ways.has(model.id))
        throw new ModelNotLoadedError(model.name);
      if (residents.some(({ users }) => users > 0))
        throw new ModelInUseError(model.name, 'Cancel the job that draws with it, or wait for it.');
      this.ways.delete(model.id);
      for (const { spec } of residents) await this.drop(spec.key);
    });
  }

  /**
   * Gives up the models of this kind that nobody has used since a moment. They are loaded again when they
   * are wanted again, in the way in which they were.
   * @returns what was given up.
   */
  async unloadIdle(isMeant: (resident: Resident) => boolean, since: Date): Promise<Resident[]> {
    return this.inTurn(undefined, async () => {
      const idle = (await this.loaded()).filter(
        (one) => isMeant(one) && one.users === 0 && one.usedAt <= since,
      );
      for (const { spec } of idle) await this.drop(spec.key);
      return idle;
    });
  }

  /** What is in memory now, the least recently used first. */
  async loaded(): Promise<Resident[]> {
    const before = [...this.residents.keys()];
    const keys = await this.engine.loaded().catch(nothingIfDead);
    // The engine loses all at once when its process ends.
    for (const key of before) if (!keys.includes(key)) this.forget(key);
    return keys.map((key) => this.residents.get(key)).filter((one) => one !== undefined);
  }

  /** How this model is loaded for who does not say, if it was loaded by request. */
  wayOf(model: Model): WayToLoad | undefined {
    return this.ways.get(model.id);
  }

  /** Does the work while nothing is loaded, and none of these files is in memory. @throws ModelInUseError */
  async whileFree<T>(model: Model, paths: readonly string[], work: () => Promise<T>): Promise<T> {
    return this.inTurn(undefined, async () => {
      const used = (await this.loaded()).find(({ spec }) =>
        Object.values(spec.files).some((path) => paths.includes(path as string)),
      );
      if (used) throw new ModelInUseError(model.name, `Unload "${used.model.name}" first.`);
      return work();
    });
  }

  private async acquire(wanted: WantedModel, watch?: EngineWatch): Promise<Resident> {
    const { model } = wanted;
    const way = mergeWays(this.ways.get(model.id), wanted);
    const spec = toSpec({ model, ...way }, this.config.engine.threads);
    const bytes = await bytesOf(spec.files);
    await this.makeRoom({ key: spec.key, bytes, group: groupOf(spec) }, watch?.signal);
    await this.engine.load(spec, watch);
    const known = this.residents.get(spec.key);
    if (known) {
      known.usedAt = new Date();
      return known;
    }
    const { id, name, type } = model;
    const now = new Date();
    const resident = {
      model: { id, name, type },
      spec,
      bytes,
      users: 0,
      loadedAt: now,
      usedAt: now,
    };
    this.residents.set(spec.key, resident);
    this.events.emit('model.loaded', { id, name });
    return resident;
  }

  private async makeRoom(wanted: Wanted, signal?: AbortSignal): Promise<void> {
    const { memoryMb } = this.config.models;
    const room = { count: this.config.engine.modelsKept, bytes: memoryMb * MIB || Infinity };
    for (;;) {
      const released = this.released.promise;
      const own = (await this.loaded()).map(({ spec, bytes, users, usedAt }) => {
        return { key: spec.key, bytes, group: groupOf(spec), busy: users > 0, usedAt };
      });
      const others = this.others.flatMap((one) => one.residents());
      const loaded = [...own, ...others].toSorted((a, b) => +a.usedAt - +b.usedAt);
      const plan = toEvict(loaded, wanted, room);
      for (const idle of plan.evict) await this.dropAny(idle);
      if (!plan.wait) return;
      await unlessAborted(signal, released);
    }
  }

  private async dropOtherWays(model: Model, key: string): Promise<void> {
    const others = (await this.loaded()).filter(
      (one) => one.model.id === model.id && one.spec.key !== key && one.users === 0,
    );
    for (const { spec } of others) await this.drop(spec.key);
  }

  private async dropAny(key: string): Promise<void> {
    const owner = this.others.find((one) => one.residents().some((other) => other.key === key));
    await (owner ? owner.drop(key) : this.drop(key));
  }

  private async drop(key: string): Promise<void> {
    await this.engine.unload(key);
    this.forget(key);
  }

  private forget(key: string): void {
    const gone = this.residents.get(key);
    this.residents.delete(key);
    if (!gone) return;
    const { id, name } = gone.model;
    this.events.emit('model.unloaded', { id, name });
  }

  /** One after the other; who is aborted while waiting leaves at once. */
  private inTurn<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const before = this.turn;
    const result = unlessAborted(signal, before).then(work);
    this.turn = Promise.allSettled([before, result]);
    return result;
  }
}
