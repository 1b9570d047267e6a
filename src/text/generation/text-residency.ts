import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/index.js';
import {
  EngineError,
  TEXT_ENGINE,
  type LoadedTextModel,
  type TextEngine,
  type TextModelSpec,
} from '../../engine/index.js';
import { EventBus } from '../../events/index.js';
import { Residency, type Model, type SharedResident } from '../../models/index.js';

/** How a model is loaded; what is left out has the server's defaults. */
export interface TextLoadChoice {
  contextSize?: number;
  gpuLayers?: number;
}

/** A language model in memory. */
export interface TextResident {
  model: Pick<Model, 'id' | 'name' | 'size'>;
  spec: TextModelSpec;
  info: LoadedTextModel;
  /** Requests that work with it; it stays until they have ended. */
  users: number;
  loadedAt: Date;
  usedAt: Date;
}

/** Bytes of context for a token where nothing is known: what a model of eight billion weights takes. */
const BYTES_OF_TOKEN = 128 * 1024;

/** Share of the file's bytes that weights and their surroundings take in memory. */
const OVERHEAD = 1.1;

/** The least context that llama.cpp makes, in tokens. */
const LEAST_CONTEXT = 256;

/** Which language models are in memory, in one account with those for images. */
@Injectable()
export class TextResidency {
  private readonly residents = new Map<string, TextResident>();
  /** How models are loaded that were loaded by request, by their id. */
  private readonly choices = new Map<string, TextLoadChoice>();
  private readonly loading = new Map<string, Promise<TextResident>>();

  constructor(
    @Inject(TEXT_ENGINE) private readonly engine: TextEngine,
    @Inject(CONFIG) private readonly config: Config,
    private readonly residency: Residency,
    private readonly events: EventBus,
  ) {
    residency.share({
      residents: () => this.shared(),
      drop: (key) => this.drop(key),
    });
  }

  /** What is in memory now, the least recently used first. */
  async loaded(): Promise<TextResident[]> {
    const infos = new Map((await this.engine.loaded()).map((info) => [info.key, info]));
    for (const [key, resident] of this.residents) {
      const info = infos.get(key);
      // The engine loses all at once when its process ends.
      if (info) resident.info = info;
      else if (resident.users === 0) this.forget(key);
    }
    return [...this.residents.values()].toSorted((a, b) => +a.usedAt - +b.usedAt);
  }

  /**
   * Makes the model ready, and keeps it so until `work` has ended.
   * @throws EngineError, and whatever `work` throws
   */
  async *use<T>(
    model: Model,
    embedding: boolean,
    signal: AbortSignal,
    work: (resident: TextResident) => AsyncIterable<T>,
  ): AsyncGenerator<T, void> {
    const resident = await this.acquire(model, embedding, signal);
    resident.users += 1;
    try {
      yield* work(resident);
    } catch (error) {
      if (error instanceof EngineError && isGone(error)) this.forget(resident.spec.key);
      throw error;
    } finally {
      resident.users -= 1;
      resident.usedAt = new Date();
      this.residency.noteReleased();
    }
  }

  /** Makes the model ready in this way, which is then how it is loaded until it is unloaded by request. @throws EngineError */
  async load(model: Model, choice: TextLoadChoice, signal: AbortSignal): Promise<TextResident> {
    const before = this.choices.get(model.id);
    this.choices.set(model.id, choice);
    try {
      const { key } = this.specOf(model, false);
      for (const { spec, users } of await this.residentsOf(model))
        if (spec.key !== key && users === 0) await this.drop(spec.key);
      return await this.acquire(model, false, signal);
    } catch (error) {
      if (before) this.choices.set(model.id, before);
      else this.choices.delete(model.id);
      throw error;
    }
  }

  /** @returns false where it was not loaded. */
  async unload(model: Model): Promise<boolean> {
    const residents = await this.residentsOf(model);
    this.choices.delete(model.id);
    for (const { spec } of residents) await this.drop(spec.key);
    return residents.length > 0;
  }

  private async residentsOf({ id }: Model): Promise<TextResident[]> {
    return (await this.loaded()).filter(({ model }) => model.id === id);
  }

  private async acquire(
    model: Model,
    embedding: boolean,
    signal: AbortSignal,
  ): Promise<TextResident> {
    const spec = this.specOf(model, embedding);
    await this.loaded();
    const known = this.residents.get(spec.key);
    if (known) return known;
    const loading = this.loading.get(spec.key) ?? this.begin(model, spec);
    this.loading.set(spec.key, loading);
    const stop = Promise.withResolvers<never>();
    const leave = (): void => stop.reject(EngineError.cancelled());
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([loading, stop.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Loads for whoever waits for it: one of them who leaves does not stop it. */
  private begin(model: Model, spec: TextModelSpec): Promise<TextResident> {
    const { signal } = new AbortController();
    const wanted = { key: spec.key, bytes: bytesOf(model, spec), group: 'texts' as const };
    const loading = this.residency.admit(wanted, signal, async () => {
      const info = await this.engine.load(spec);
      const now = new Date();
      const { id, name, size } = model;
      const resident = {
        model: { id, name, size },
        spec,
        info,
        users: 0,
        loadedAt: now,
        usedAt: now,
      };
      this.residents.set(spec.key, resident);
      this.events.emit('model.loaded', { id, name });
      return resident;
    });
    return loading.finally(() => this.loading.delete(spec.key));
  }

  private specOf(model: Model, embedding: boolean): TextModelSpec {
    const { text } = this.config;
    const { contextSize = text.contextSize, gpuLayers = text.gpuLayers } =
      this.choices.get(model.id) ?? {};
    const sequences = embedding ? 1 : text.sequences;
    const size = Math.max(LEAST_CONTEXT, contextSize);
    const key = [model.path, size, sequences, gpuLayers, embedding ? 'embedding' : 'text'].join(
      '\n',
    );
    return {
      key,
      name: model.name,
      path: model.path,
      contextSize: size,
      sequences,
      gpuLayers,
      embedding,
    };
  }

  private shared(): SharedResident[] {
    return Array.from(this.residents.values(), ({ spec, info, users, usedAt }) => ({
      key: spec.key,
      bytes: info.memory.ram + info.memory.device,
      group: 'texts',
      busy: users > 0,
      usedAt,
    }));
  }

  private async drop(key: string): Promise<void> {
    this.forget(key);
    await this.engine.unload(key);
  }

  private forget(key: string): void {
    const gone = this.residents.get(key);
    this.residents.delete(key);
    if (gone) this.events.emit('model.unloaded', { id: gone.model.id, name: gone.model.name });
  }
}

function isGone({ reason }: EngineError): boolean {
  return reason === 'crashed' || reason === 'stalled' || reason === 'not_loaded';
}

function bytesOf({ size }: Model, { contextSize, sequences, embedding }: TextModelSpec): number {
  const context = embedding ? 0 : contextSize * sequences * BYTES_OF_TOKEN;
  // A small model has a small context too: no more than its weights again.
  return size * OVERHEAD + Math.min(context, size * sequences);
}
