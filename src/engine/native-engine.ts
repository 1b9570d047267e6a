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
  toUpscalerOptions,
  toVideoOptions,
} from './native-options.js';
import { asLoading, blank, warmUpOf } from './warm-up.js';

type LogHandler = (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;

/** A model that is ready. */
type Loaded = Addon.ImageContext | Addon.Upscaler;

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

/** The addon as an {@link ImageEngine}, in the process that calls it: what kills the engine kills that process. */
export class NativeEngine implements ImageEngine {
  /** By key, the least recently used first. */
  private readonly models = new Map<string, Loaded>();
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
      const loaded = await this.memory.keeping(model.key, () => this.makeReady(model, watch));
      this.models.set(model.key, loaded);
    });
  }

  unload(key: string): Promise<void> {
    return this.inTurn(async () => {
      const loaded = this.models.get(key);
      this.models.delete(key);
      this.memory.forget(key);
      await loaded?.free();
    });
  }

  async loaded(): Promise<string[]> {
    return [...this.models.keys()];
  }

  generate(key: string, request: ImageRequest, watch: EngineWatch = {}): Promise<RawImage[]> {
    return this.measured(key, watch, () => this.draw(this.context(key), request, watch));
  }

  generateVideo(key: string, request: VideoRequest, watch: EngineWatch = {}): Promise<RawImage[]> {
    return this.measured(key, watch, () => this.film(this.context(key), request, watch));
  }

  upscale(key: string, image: RawImage, watch: EngineWatch = {}): Promise<RawImage> {
    return this.measured(key, watch, () => this.enlarge(this.upscaler(key), image, watch));
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
    for (const loaded of this.models.values()) loaded.cancel();
    await Promise.all(Array.from(this.models.keys(), (key) => this.unload(key)));
  }

  private async open(model: ModelSpec, watch: EngineWatch): Promise<Loaded> {
    if (watch.signal?.aborted) throw EngineError.cancelled();
    const onProgress = ({ step, steps }: Addon.Progress): void =>
      watch.onProgress?.({ phase: 'loading', step, steps });
    const { ImageContext, Upscaler } = this.addon;
    try {
      return model.enlarges
        ? await Upscaler.load(toUpscalerOptions(model), onProgress)
        : await ImageContext.load(toContextOptions(model), onProgress);
    } catch (error) {
      throw EngineError.loadFailed(model.name, messageOf(error));
    }
  }

  private async makeReady(model: ModelSpec, watch: EngineWatch): Promise<Loaded> {
    const loaded = await this.open(model, watch);
    try {
      await this.warmUp(loaded, model, asLoading(watch));
      return loaded;
    } catch (error) {
      await loaded.free();
      if (error instanceof EngineError && error.reason === 'cancelled') throw error;
      throw EngineError.loadFailed(model.name, messageOf(error));
    }
  }

  private async warmUp(loaded: Loaded, model: ModelSpec, watch: EngineWatch): Promise<void> {
    if (!this.draws(loaded)) await this.enlarge(loaded, blank(model), watch);
    else if (loaded.supportsImage) await this.draw(loaded, warmUpOf(model), watch);
    else await this.film(loaded, { ...warmUpOf(model), frames: 1, fps: 1 }, watch);
  }

  private enlarge(
    upscaler: Addon.Upscaler,
    image: RawImage,
    watch: EngineWatch,
  ): Promise<RawImage> {
    return watched(upscaler, watch, async () => {
      const large = await upscaler.upscale(toImageInput(image), ({ step, steps }) =>
        watch.onProgress?.({ phase: 'sampling', step, steps }),
      );
      return large as RawImage;
    });
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

  /** The model that draws, marked as the one used last. */
  private context(key: string): Addon.ImageContext {
    const loaded = this.touch(key);
    if (!loaded || !this.draws(loaded)) throw EngineError.notLoaded(key);
    return loaded;
  }

  /** The model that enlarges, marked as the one used last. */
  private upscaler(key: string): Addon.Upscaler {
    const loaded = this.touch(key);
    if (!loaded || this.draws(loaded)) throw EngineError.notLoaded(key);
    return loaded;
  }

  private draws(loaded: Loaded): loaded is Addon.ImageContext {
    return loaded instanceof this.addon.ImageContext;
  }

  private touch(key: string): Loaded | undefined {
    const loaded = this.models.get(key);
    if (!loaded) return undefined;
    this.models.delete(key);
    this.models.set(key, loaded);
    return loaded;
  }

  /** @param key of the model that the work is done with. */
  private measured<T>(key: string, watch: EngineWatch, work: () => Promise<T>): Promise<T> {
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
