import type { RawImage } from './image-engine.js';

/** Absolute paths of the files that make up a model, by their part in it. */
export interface ModelFiles {
  /** A checkpoint that holds everything. */
  model?: string;
  diffusionModel?: string;
  /** The second of a pair that shares the work on a video. */
  highNoiseDiffusionModel?: string;
  vae?: string;
  taesd?: string;
  clipL?: string;
  clipG?: string;
  clipVision?: string;
  t5xxl?: string;
  llm?: string;
  llmVision?: string;
  controlNet?: string;
  photoMaker?: string;
}

/** A textual inversion: the word that stands for it in a prompt, and its file. */
export interface Embedding {
  name: string;
  path: string;
}

/** How a model is loaded; what is left out is the engine's own choice. Names as the engine spells them. */
export interface LoadOptions {
  /** Threads that compute; 0 or absent: one for each physical core. */
  threads?: number;
  /** Flash attention in the diffusion model. */
  flashAttention?: boolean;
  /** Flash attention everywhere. */
  flashAttentionEverywhere?: boolean;
  diffusionConvDirect?: boolean;
  vaeConvDirect?: boolean;
  /** Parts kept on, or moved from, the CPU. */
  clipOnCpu?: boolean;
  vaeOnCpu?: boolean;
  controlNetOnCpu?: boolean;
  offloadParamsToCpu?: boolean;
  weightType?: string;
  tensorTypeRules?: string;
  rngType?: string;
  samplerRngType?: string;
  prediction?: string;
  loraApplyMode?: string;
  vaeFormat?: string;
  enableMmap?: boolean;
  taePreviewOnly?: boolean;
  circularX?: boolean;
  circularY?: boolean;
  forceSdxlVaeConvScale?: boolean;
  chromaUseDitMask?: boolean;
  chromaUseT5Mask?: boolean;
  chromaT5MaskPad?: number;
  qwenImageZeroCondT?: boolean;
  /** GiB of device memory for weights; 0: no limit. */
  maxVram?: number;
  streamLayers?: boolean;
  embeddings?: Embedding[];
  /** Of an upscaling model: side of a tile of the input in pixels; 0: no tiles. */
  tileSize?: number;
}

export interface ModelSpec {
  /** The same files with the same options have the same key, and nothing else has it. */
  key: string;
  /** For messages. */
  name: string;
  /** An upscaling model, whose file is `files.model`; any other one draws. */
  enlarges?: boolean;
  files: ModelFiles;
  options: LoadOptions;
  /** Size of the warm-up picture, in pixels; of an upscaling model that of its input. */
  warmUp: { width: number; height: number };
}

/** A low-rank adaptation and its strength. */
export interface LoraUse {
  path: string;
  multiplier: number;
  /** For the high-noise model of a pair. */
  isHighNoise?: boolean;
}

/** Skip-layer guidance; begin and end as shares of the steps. */
export interface SkipLayers {
  layers?: number[];
  layerStart?: number;
  layerEnd?: number;
  scale?: number;
}

/** Splits the VAE's work into tiles; sizes in latent pixels, the overlap as a share of a tile. */
export interface VaeTiling {
  enabled?: boolean;
  temporalTiling?: boolean;
  tileSizeX?: number;
  tileSizeY?: number;
  targetOverlap?: number;
  relSizeX?: number;
  relSizeY?: number;
}

/** Reuses results between steps; which fields count depends on the mode. */
export interface StepCache {
  mode?: string;
  reuseThreshold?: number;
  startPercent?: number;
  endPercent?: number;
  errorDecayRate?: number;
  useRelativeThreshold?: boolean;
  resetErrorOnCompute?: boolean;
  fnComputeBlocks?: number;
  bnComputeBlocks?: number;
  residualDiffThreshold?: number;
  maxWarmupSteps?: number;
  maxCachedSteps?: number;
  maxContinuousCachedSteps?: number;
  taylorseerNDerivatives?: number;
  taylorseerSkipInterval?: number;
  scmMask?: string;
  scmPolicyDynamic?: boolean;
  spectrumW?: number;
  spectrumM?: number;
  spectrumLam?: number;
  spectrumWindowSize?: number;
  spectrumFlexWindow?: number;
  spectrumWarmupSteps?: number;
  spectrumStopPercent?: number;
}

/** A second pass at a larger size. */
export interface HiresFix {
  enabled?: boolean;
  upscaler?: string;
  /** Of the upscaling model, for the upscaler that is one. */
  modelPath?: string;
  scale?: number;
  targetWidth?: number;
  targetHeight?: number;
  /** 0: as many as in the first pass. */
  steps?: number;
  denoisingStrength?: number;
  upscaleTileSize?: number;
}

/** How a model is led from noise to a picture. */
interface Sampling {
  steps: number;
  cfgScale: number;
  /** Guidance by the input picture; absent: as cfgScale. */
  imgCfgScale?: number;
  distilledGuidance?: number;
  slg?: SkipLayers;
  /** As the engine spells it; absent: the model's own. */
  sampler?: string;
  scheduler?: string;
  eta?: number;
  flowShift?: number;
  shiftedTimestep?: number;
  customSigmas?: number[];
  extraSampleArgs?: string;
}

/** What pictures and videos have in common; sizes in pixels, a multiple of 8. */
interface DrawRequest extends Sampling {
  prompt: string;
  negativePrompt: string;
  width: number;
  height: number;
  /** 0 or more. */
  seed: number;
  /** -1: the model's own. */
  clipSkip: number;
  loras?: LoraUse[];
  /** The picture to begin from, RGB. */
  initImage?: RawImage;
  /** How far to go from it, 0 to 1. */
  strength?: number;
  vaeTiling?: VaeTiling;
  cache?: StepCache;
  hires?: HiresFix;
  /** Ask for previews: each so many steps, and as long as they take no more than a share of the time. */
  preview?: { mode: 'proj' | 'tae' | 'vae'; interval: number; share?: number };
}

/** Pictures to draw; picture n of a batch has seed + n. */
export interface ImageRequest extends DrawRequest {
  batchCount: number;
  /** White where `initImage` is painted anew; one channel. */
  maskImage?: RawImage;
  /** What ControlNet follows, RGB. */
  controlImage?: RawImage;
  controlStrength?: number;
  /** Pictures to edit or to take as reference, for models that do that. */
  refImages?: RawImage[];
  autoResizeRefImage?: boolean;
  increaseRefIndex?: boolean;
  /** Pictures of the person to draw, for PhotoMaker. */
  photoMaker?: { idImages?: RawImage[]; idEmbedPath?: string; styleStrength?: number };
}

/** A video to make; the engine rounds the number of frames to what the model can do. */
export interface VideoRequest extends DrawRequest {
  frames: number;
  /** Frames a second. */
  fps: number;
  /** The last frame, RGB. */
  endImage?: RawImage;
  /** Frames that guide the video, RGB. */
  controlFrames?: RawImage[];
  moeBoundary?: number;
  vaceStrength?: number;
  /** Sampling of the high-noise model of a pair. */
  highNoise?: Partial<Sampling>;
}

/** A model file to write in another weight type; paths are absolute. */
export interface ConvertRequest {
  inputPath: string;
  /** Ends in `.safetensors` for that format; anything else is written as GGUF. */
  outputPath: string;
  /** One of {@link EngineFacts.conversionTypes}. */
  outputType: string;
  /** A VAE to put into the result. */
  vaePath?: string;
  /** Weight types for tensors by name: `pattern=type,pattern=type`; none larger than `outputType`. */
  tensorTypeRules?: string;
}
