/**
 * The port to an image engine. Nothing outside this room knows which engine it is, or in which process
 * it runs. One engine does one thing at a time; calls are served in the order in which they came.
 */
export interface ImageEngine {
  /** What the engine is and what it can do; starts it if need be. @throws EngineError unavailable */
  facts(): Promise<EngineFacts>;

  /**
   * Makes a model ready: loads it and warms it up with one step, because weights are read lazily and a
   * damaged file shows only then. Returns at once when it is ready already.
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

  /** Ends the engine; what runs in it is cancelled. */
  close(): Promise<void>;
}

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

/** Absolute paths of the files that make up a model, by their part in it. */
export interface ModelFiles {
  /** A checkpoint that holds everything. */
  model?: string;
  diffusionModel?: string;
  vae?: string;
  taesd?: string;
  clipL?: string;
  clipG?: string;
  t5xxl?: string;
  llm?: string;
}

/** How a model is loaded; what is left out is the engine's own choice. */
export interface LoadOptions {
  /** Threads that compute; 0 or absent: one for each physical core. */
  threads?: number;
  flashAttention?: boolean;
  diffusionConvDirect?: boolean;
  vaeConvDirect?: boolean;
  /** Parts kept on, or moved from, the CPU. */
  clipOnCpu?: boolean;
  vaeOnCpu?: boolean;
  offloadParamsToCpu?: boolean;
}

export interface ModelSpec {
  /** The same files with the same options have the same key, and nothing else has it. */
  key: string;
  /** For messages. */
  name: string;
  files: ModelFiles;
  options: LoadOptions;
  /** Size of the warm-up picture, in pixels. */
  warmUp: { width: number; height: number };
}

/** A picture to draw; sizes in pixels, a multiple of 8. */
export interface ImageRequest {
  prompt: string;
  negativePrompt: string;
  width: number;
  height: number;
  steps: number;
  cfgScale: number;
  /** As the engine spells it; absent: the model's own. */
  sampler?: string;
  scheduler?: string;
  /** 0 or more; picture n of a batch has seed + n. */
  seed: number;
  batchCount: number;
  /** -1: the model's own. */
  clipSkip: number;
  eta?: number;
  flowShift?: number;
  distilledGuidance?: number;
  /** Ask for previews each so many steps. */
  preview?: { mode: 'proj' | 'tae' | 'vae'; interval: number };
}
