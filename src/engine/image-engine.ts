import type { ConvertRequest, ImageRequest, ModelSpec, VideoRequest } from './engine-requests.js';

/**
 * The port to an image engine. Nothing outside this room knows which engine it is, or in which process
 * it runs. One engine does one thing at a time; calls are served in the order in which they came.
 */
export interface ImageEngine {
  /** What the engine is and what it can do; starts it if need be. @throws EngineError unavailable */
  facts(): Promise<EngineFacts>;

  /**
   * Makes a model ready, one that draws or one that enlarges: loads it and warms it up with a small
   * picture, because weights are read lazily and a damaged file shows only then. Returns at once when it
   * is ready already.
   * @throws EngineError load_failed, crashed, stalled, cancelled
   */
  load(model: ModelSpec, watch?: EngineWatch): Promise<void>;

  /** Gives the model's memory back; does nothing when it is not loaded. */
  unload(key: string): Promise<void>;

  /** Keys of the models that are ready, the least recently used first. */
  loaded(): Promise<string[]>;

  /**
   * Draws pictures with a model that is ready.
   * @throws EngineError not_loaded, failed, crashed, stalled, cancelled
   */
  generate(key: string, request: ImageRequest, watch?: EngineWatch): Promise<RawImage[]>;

  /** How the engine is right now; starts nothing. */
  health(): EngineHealth;

  /**
   * Draws the frames of a video with a model that is ready.
   * @throws EngineError as {@link generate} does; `failed` for a model that makes no videos.
   */
  generateVideo(key: string, request: VideoRequest, watch?: EngineWatch): Promise<RawImage[]>;

  /**
   * Enlarges an RGB picture by the factor of an upscaling model that is ready.
   * @throws EngineError not_loaded, failed, crashed, stalled, cancelled
   */
  upscale(key: string, image: RawImage, watch?: EngineWatch): Promise<RawImage>;

  /** The edges of an RGB picture at least 4 pixels wide and high, white on black, in the same size. */
  canny(image: RawImage): Promise<RawImage>;

  /**
   * Writes a model file in another weight type. The engine cannot stop in the middle of it: to cancel it
   * is to end the engine's process, with all that is loaded. What was written of the file stays.
   * @throws EngineError convert_failed, crashed, stalled, cancelled
   */
  convert(request: ConvertRequest, watch?: EngineWatch): Promise<void>;

  /** Ends the engine; what runs in it is cancelled. */
  close(): Promise<void>;
}

export * from './engine-requests.js';

/** Injection token of the {@link ImageEngine}. */
export const IMAGE_ENGINE = Symbol('image engine');

export interface EngineFacts {
  /** For example `stable-diffusion.cpp`. */
  name: string;
  version: string;
  commit: string;
  /** The engine's own description of the processor features it uses. */
  systemInfo: string;
  /** Names as the engine spells them. */
  samplers: string[];
  schedulers: string[];
  weightTypes: string[];
  /** Those of the weight types that a model can be converted to. */
  conversionTypes: string[];
  rngTypes: string[];
  predictions: string[];
  loraApplyModes: string[];
  hiresUpscalers: string[];
  cacheModes: string[];
  vaeFormats: string[];
  /** Of this machine: as many threads compute unless told otherwise. */
  physicalCores: number;
  devices: EngineDevice[];
}

/** A device that the engine can compute on. */
export interface EngineDevice {
  /** As the engine calls it, for example `CPU` or `CUDA0`. */
  name: string;
  description: string;
  type: 'cpu' | 'gpu' | 'igpu' | 'accelerator' | 'other';
  /** Bytes; 0 where the driver does not say. */
  memoryTotal: number;
  /** Bytes that were free when the engine was asked; 0 where the driver does not say. */
  memoryFree: number;
}

export interface EngineHealth {
  /** Id of the engine's own process; null while it has none. */
  pid: number | null;
  /** How often its process ended unasked and was, or will be, replaced. */
  restarts: number;
}

/** Follows one call of the engine. */
export interface EngineWatch {
  /** Aborting it stops the call at the engine's next step. */
  signal?: AbortSignal;
  onProgress?: (progress: EngineProgress) => void;
  onPreview?: (preview: EnginePreview) => void;
  /** What drawing or enlarging took at its peak; told once, just before the call ends well. */
  onMemory?: (memory: EngineMemory) => void;
}

/** Memory in bytes, the model's own included and that of other models left out. */
export interface EngineMemory {
  /** Of the engine's process. */
  ram: number;
  /** Of its devices; null where there is none, or where the driver does not say. */
  device: number | null;
}

export interface EngineProgress {
  phase: 'loading' | 'encoding' | 'sampling' | 'decoding';
  /** Steps done in this phase, over the whole batch while sampling. */
  step: number;
  steps: number;
}

export interface EnginePreview {
  step: number;
  image: RawImage;
}

/** Pixels: 8 bits a channel, rows from the top, channels interleaved. */
export interface RawImage {
  width: number;
  height: number;
  channels: 1 | 3;
  /** width * height * channels bytes. */
  data: Buffer;
}
