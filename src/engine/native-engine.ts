import type * as Addon from '../../native/index.js';
import { messageOf } from '../common/index.js';
import { EngineError } from './engine.errors.js';
import type {
  EngineFacts,
  EngineHealth,
  EngineWatch,
  ImageEngine,
  ImageRequest,
  ModelSpec,
  RawImage,
} from './image-engine.js';
import { loadAddon, type AddonModule } from './load-addon.js';
import { toContextOptions, toImageOptions, toProgress } from './native-options.js';

type LogHandler = (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

/** The addon as an {@link ImageEngine}, in the process that calls it: what kills the engine kills that process. */
export class NativeEngine implements ImageEngine {
  private readonly contexts = new Map<string, Addon.ImageContext>();
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(private readonly addon: AddonModule) {}

  /** @throws EngineError unavailable when the addon is missing or does not fit this machine. */
  static async open(onLog?: LogHandler): Promise<NativeEngine> {
    const addon = loadAddon();
    if (onLog) addon.setLogHandler(onLog);
    return new NativeEngine(addon);
  }

  async facts(): Promise<EngineFacts> {
    const info = this.addon.engineInfo();
    const names = this.addon.engineNames();
    return {
      name: 'stable-diffusion.cpp',
      version: info.version,
      commit: info.commit,
      systemInfo: info.systemInfo,
      samplers: names.samplers,
      schedulers: names.schedulers,
      weightTypes: names.weightTypes,
      physicalCores: info.physicalCores,
      devices: info.devices,
    };
  }

  load(model: ModelSpec, watch: EngineWatch = {}): Promise<void> {
    return this.inTurn(async () => {
      if (this.touch(model.key)) return;
      const context = await this.openContext(model, watch);
      try {
        await this.draw(context, warmUpOf(model), asLoading(watch));
      } catch (error) {
        await context.free();
        if (error instanceof EngineError && error.reason === 'cancelled') throw error;
        throw EngineError.loadFailed(model.name, messageOf(error));
      }
      this.contexts.set(model.key, context);
    });
  }

  unload(key: string): Promise<void> {
    return this.inTurn(async () => {
      const context = this.contexts.get(key);
      this.contexts.delete(key);
      await context?.free();
    });
  }

  async loaded(): Promise<string[]> {
    return [...this.contexts.keys()];
  }

  generate(key: string, request: ImageRequest, watch: EngineWatch = {}): Promise<RawImage[]> {
    return this.inTurn(async () => {
      const context = this.touch(key);
      if (!context) throw EngineError.notLoaded(key);
      return this.draw(context, request, watch);
    });
  }

  health(): EngineHealth {
    return { pid: null, restarts: 0 };
  }

  async close(): Promise<void> {
    for (const context of this.contexts.values()) context.cancel();
    await Promise.all(Array.from(this.contexts.keys(), (key) => this.unload(key)));
  }

  private async openContext(model: ModelSpec, watch: EngineWatch): Promise<Addon.ImageContext> {
    if (watch.signal?.aborted) throw EngineError.cancelled();
    const { onProgress } = asLoading(watch);
    try {
      return await this.addon.ImageContext.load(toContextOptions(model), ({ step, steps }) =>
        onProgress?.({ phase: 'loading', step, steps }),
      );
    } catch (error) {
      throw EngineError.loadFailed(model.name, messageOf(error));
    }
  }

  private async draw(
    context: Addon.ImageContext,
    request: ImageRequest,
    watch: EngineWatch,
  ): Promise<RawImage[]> {
    const { signal } = watch;
    if (signal?.aborted) throw EngineError.cancelled();
    const cancel = (): void => {
      context.cancel();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const images = await context.generateImage(
        toImageOptions(request),
        (progress) => watch.onProgress?.(toProgress(progress, request)),
        ({ step, image }) => watch.onPreview?.({ step, image: image as RawImage }),
      );
      return images as RawImage[];
    } catch (error) {
      if (codeOf(error) === 'CANCELLED') throw EngineError.cancelled();
      throw EngineError.failed(messageOf(error));
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** The context, marked as the one used last. */
  private touch(key: string): Addon.ImageContext | undefined {
    const context = this.contexts.get(key);
    if (!context) return undefined;
    this.contexts.delete(key);
    this.contexts.set(key, context);
    return context;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}

/** All that happens while a model is made ready is loading, the warm-up picture too. */
function asLoading({ signal, onProgress }: EngineWatch): EngineWatch {
  return {
    signal,
    onProgress: onProgress && (({ step, steps }) => onProgress({ phase: 'loading', step, steps })),
  };
}

function warmUpOf(model: ModelSpec): ImageRequest {
  return {
    prompt: '',
    negativePrompt: '',
    ...model.warmUp,
    steps: 1,
    cfgScale: 1,
    seed: 0,
    batchCount: 1,
    clipSkip: -1,
  };
}
