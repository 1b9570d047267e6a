import type * as Addon from '../../native/index.js';
import { messageOf } from '../common/index.js';
import { conversionTypesOf } from './conversion-types.js';
import { EngineError } from './engine.errors.js';
import type {
  ConvertRequest,
  EngineDevice,
  EngineFacts,
  EngineHealth,
  EnginePreview,
  EngineWatch,
  ImageEngine,
  ImageRequest,
  ModelSpec,
  RawImage,
  UpscalerSpec,
  VideoRequest,
} from './image-engine.js';
import { loadAddon, type AddonModule } from './load-addon.js';
import { MemoryGauge } from './memory-gauge.js';
import {
  LORA_MODES,
  toContextOptions,
  toImageInput,
  toImageOptions,
  toProgress,
  toVideoOptions,
} from './native-options.js';
import { asLoading, warmUpOf } from './warm-up.js';

type LogHandler = (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

/** The addon as an {@link ImageEngine}, in the process that calls it: what kills the engine kills that process. */
export class NativeEngine implements ImageEngine {
  private readonly contexts = new Map<string, Addon.ImageContext>();
  private upscaler: { key: string; handle: Addon.Upscaler } | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  private readonly memory: MemoryGauge;

  private constructor(private readonly addon: AddonModule) {
    this.memory = new MemoryGauge(deviceLister(addon));
  }

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
      conversionTypes: conversionTypesOf(names.weightTypes),
      physicalCores: info.physicalCores,
      devices: info.devices,
      rngTypes: names.rngTypes,
      predictions: names.predictions,
      loraApplyModes: names.loraApplyModes.filter((mode) => LORA_MODES.includes(mode)),
      hiresUpscalers: names.hiresUpscalers,
      cacheModes: names.cacheModes,
      vaeFormats: names.vaeFormats,
    };
  }

  load(model: ModelSpec, watch: EngineWatch = {}): Promise<void> {
    return this.inTurn(async () => {
      if (this.touch(model.key)) return;
      const context = await this.memory.keeping(model.key, () => this.makeReady(model, watch));
      this.contexts.set(model.key, context);
    });
  }

  unload(key: string): Promise<void> {
    return this.inTurn(async () => {
      const context = this.contexts.get(key);
      this.contexts.delete(key);
      this.memory.forget(key);
      await context?.free();
    });
  }

  async loaded(): Promise<string[]> {
    return [...this.contexts.keys()];
  }

  generate(key: string, request: ImageRequest, watch: EngineWatch = {}): Promise<RawImage[]> {
    return this.measured(key, watch, () => this.draw(this.ready(key), request, watch));
  }

  generateVideo(key: string, request: VideoRequest, watch: EngineWatch = {}): Promise<RawImage[]> {
    return this.measured(key, watch, () => this.film(this.ready(key), request, watch));
  }

  upscale(spec: UpscalerSpec, image: RawImage, watch: EngineWatch = {}): Promise<RawImage> {
    return this.measured(undefined, watch, async () => {
      const upscaler = await this.openUpscaler(spec);
      return watched(upscaler, watch, async () => {
        const large = await upscaler.upscale(toImageInput(image), ({ step, steps }) =>
          watch.onProgress?.({ phase: 'sampling', step, steps }),
        );
        return large as RawImage;
      });
    });
  }

  health(): EngineHealth {
    return { pid: null, restarts: 0 };
  }

  canny(image: RawImage): Promise<RawImage> {
    return this.inTurn(
      async () => (await this.addon.preprocessCanny(toImageInput(image))) as RawImage,
    );
  }

  convert(request: ConvertRequest, watch: EngineWatch = {}): Promise<void> {
    return this.inTurn(async () => {
      if (watch.signal?.aborted) throw EngineError.cancelled();
      try {
        await this.addon.convertModel(request, ({ step, steps }) =>
          watch.onProgress?.({ phase: 'loading', step, steps }),
        );
      } catch (error) {
        throw EngineError.convertFailed(messageOf(error));
      }
      if (watch.signal?.aborted) throw EngineError.cancelled();
    });
  }

  async close(): Promise<void> {
    for (const context of this.contexts.values()) context.cancel();
    await Promise.all(Array.from(this.contexts.keys(), (key) => this.unload(key)));
    await this.upscaler?.handle.free();
  }

  /** The upscaler of this description; the one before is given up for it. */
  private async openUpscaler(spec: UpscalerSpec): Promise<Addon.Upscaler> {
    const { path, name, threads, tileSize } = spec;
    const key = JSON.stringify([path, threads, tileSize]);
    if (this.upscaler?.key === key) return this.upscaler.handle;
    await this.upscaler?.handle.free();
    this.upscaler = undefined;
    try {
      const options = { modelPath: path, nThreads: threads || undefined, tileSize };
      this.upscaler = { key, handle: await this.addon.Upscaler.load(options) };
      return this.upscaler.handle;
    } catch (error) {
      throw EngineError.loadFailed(name, messageOf(error));
    }
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

  private async makeReady(model: ModelSpec, watch: EngineWatch): Promise<Addon.ImageContext> {
    const context = await this.openContext(model, watch);
    try {
      await this.warmUp(context, model, asLoading(watch));
      return context;
    } catch (error) {
      await context.free();
      if (error instanceof EngineError && error.reason === 'cancelled') throw error;
      throw EngineError.loadFailed(model.name, messageOf(error));
    }
  }

  private async warmUp(
    context: Addon.ImageContext,
    model: ModelSpec,
    watch: EngineWatch,
  ): Promise<void> {
    if (context.supportsImage) await this.draw(context, warmUpOf(model), watch);
    else await this.film(context, { ...warmUpOf(model), frames: 1, fps: 1 }, watch);
  }

  private draw(
    context: Addon.ImageContext,
    request: ImageRequest,
    watch: EngineWatch,
  ): Promise<RawImage[]> {
    return watched(context, watch, async () => {
      const images = await context.generateImage(
        toImageOptions(request),
        (progress) => watch.onProgress?.(toProgress(progress, request)),
        (preview) => watch.onPreview?.(preview as EnginePreview),
      );
      return images as RawImage[];
    });
  }

  private film(
    context: Addon.ImageContext,
    request: VideoRequest,
    watch: EngineWatch,
  ): Promise<RawImage[]> {
    if (!context.supportsVideo) throw EngineError.failed('this model makes no videos.');
    return watched(context, watch, async () => {
      const { frames } = await context.generateVideo(
        toVideoOptions(request),
        (progress) => watch.onProgress?.(toProgress(progress, { ...request, batchCount: 1 })),
        (preview) => watch.onPreview?.(preview as EnginePreview),
      );
      return frames as RawImage[];
    });
  }

  /** The context, marked as the one used last. */
  private ready(key: string): Addon.ImageContext {
    const context = this.touch(key);
    if (!context) throw EngineError.notLoaded(key);
    return context;
  }

  private touch(key: string): Addon.ImageContext | undefined {
    const context = this.contexts.get(key);
    if (!context) return undefined;
    this.contexts.delete(key);
    this.contexts.set(key, context);
    return context;
  }

  /** @param key of the model that the work is done with. */
  private measured<T>(
    key: string | undefined,
    watch: EngineWatch,
    work: () => Promise<T>,
  ): Promise<T> {
    return this.inTurn(() => this.memory.measuring(key, watch.onMemory, work));
  }

  private inTurn<T>(work: () => Promise<T> | T): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}

/** Lists the devices with their memory as it is; none where there is but the CPU, whose memory is the process's. */
function deviceLister(addon: AddonModule): () => EngineDevice[] {
  const list = (): EngineDevice[] => addon.engineInfo().devices;
  return list().some(({ type }) => type !== 'cpu') ? list : () => [];
}

/** Runs a call that can be cancelled, and tells its failure in the words of the port. */
async function watched<T>(
  call: { cancel(): boolean },
  { signal }: EngineWatch,
  run: () => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw EngineError.cancelled();
  const cancel = (): void => void call.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await run();
  } catch (error) {
    if (codeOf(error) === 'CANCELLED') throw EngineError.cancelled();
    throw EngineError.failed(messageOf(error));
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}
