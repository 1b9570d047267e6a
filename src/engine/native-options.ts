import type * as Addon from '../../native/index.js';
import type {
  EngineProgress,
  ImageRequest,
  LoadOptions,
  ModelSpec,
  RawImage,
  VideoRequest,
} from './image-engine.js';

/** Which device each part computes on, in the engine's `part=device` form; undefined: the engine's choice. */
function backendOf({ clipOnCpu, vaeOnCpu, controlNetOnCpu }: LoadOptions): string | undefined {
  const parts = [
    ...(clipOnCpu ? ['te=CPU', 'clip_vision=CPU'] : []),
    ...(vaeOnCpu ? ['vae=CPU'] : []),
    ...(controlNetOnCpu ? ['controlnet=CPU'] : []),
  ];
  return parts.length > 0 ? parts.join(',') : undefined;
}

/**
 * Adding LoRAs to the weights themselves ends this engine: with quantised weights at once (ggml_mul_mat in
 * `ggml_ext_cast_f32`), with others when the LoRAs change, because all weights are freed and the VAE goes on
 * with the ones it had (`ModelManager::reset_lora_applied_params`). Its own choice would be the same.
 */
const SAFE_LORA_MODE = 'at_runtime';

/** The ways to apply LoRAs that can be asked for; all of them are the safe one. */
export const LORA_MODES = ['auto', SAFE_LORA_MODE];

/** A model in the addon's words (`sd_ctx_params_t`). */
export function toContextOptions({ files, options }: ModelSpec): Addon.ContextOptions {
  return {
    modelPath: files.model,
    diffusionModelPath: files.diffusionModel,
    highNoiseDiffusionModelPath: files.highNoiseDiffusionModel,
    vaePath: files.vae,
    taesdPath: files.taesd,
    clipLPath: files.clipL,
    clipGPath: files.clipG,
    clipVisionPath: files.clipVision,
    t5xxlPath: files.t5xxl,
    llmPath: files.llm,
    llmVisionPath: files.llmVision,
    controlNetPath: files.controlNet,
    photoMakerPath: files.photoMaker,
    embeddings: options.embeddings,
    nThreads: options.threads || undefined,
    flashAttn: options.flashAttentionEverywhere,
    diffusionFlashAttn: options.flashAttention,
    diffusionConvDirect: options.diffusionConvDirect,
    vaeConvDirect: options.vaeConvDirect,
    wtype: options.weightType,
    tensorTypeRules: options.tensorTypeRules,
    rngType: options.rngType,
    samplerRngType: options.samplerRngType,
    prediction: options.prediction,
    loraApplyMode: SAFE_LORA_MODE,
    vaeFormat: options.vaeFormat,
    enableMmap: options.enableMmap,
    taePreviewOnly: options.taePreviewOnly,
    circularX: options.circularX,
    circularY: options.circularY,
    forceSdxlVaeConvScale: options.forceSdxlVaeConvScale,
    chromaUseDitMask: options.chromaUseDitMask,
    chromaUseT5Mask: options.chromaUseT5Mask,
    chromaT5MaskPad: options.chromaT5MaskPad,
    qwenImageZeroCondT: options.qwenImageZeroCondT,
    maxVram: options.maxVram,
    streamLayers: options.streamLayers,
    backend: backendOf(options),
    paramsBackend: options.offloadParamsToCpu ? 'CPU' : undefined,
  };
}

/** An upscaling model in the addon's words. */
export function toUpscalerOptions({ files, options }: ModelSpec): Addon.UpscalerOptions {
  const { threads, tileSize } = options;
  return { modelPath: files.model ?? '', nThreads: threads || undefined, tileSize };
}

export function toImageInput({ width, height, channels, data }: RawImage): Addon.ImageInput {
  return { width, height, channels, data };
}

function optional(image: RawImage | undefined): Addon.ImageInput | undefined {
  return image && toImageInput(image);
}

type Sampling = NonNullable<VideoRequest['highNoise']>;

/** Sampling in the addon's words (`sd_sample_params_t`). */
function toSampleOptions(sampling: Sampling): Addon.SampleOptions {
  return {
    sampleSteps: sampling.steps,
    sampleMethod: sampling.sampler,
    scheduler: sampling.scheduler,
    eta: sampling.eta,
    flowShift: sampling.flowShift,
    shiftedTimestep: sampling.shiftedTimestep,
    customSigmas: sampling.customSigmas,
    extraSampleArgs: sampling.extraSampleArgs,
    guidance: {
      txtCfg: sampling.cfgScale,
      imgCfg: sampling.imgCfgScale,
      distilledGuidance: sampling.distilledGuidance,
      slg: sampling.slg,
    },
  };
}

/** What pictures and videos have in common, in the addon's words. */
function toCommonOptions(request: ImageRequest | VideoRequest) {
  return {
    prompt: request.prompt,
    negativePrompt: request.negativePrompt,
    width: request.width,
    height: request.height,
    seed: request.seed,
    clipSkip: request.clipSkip,
    loras: request.loras,
    initImage: optional(request.initImage),
    strength: request.strength,
    sampleParams: toSampleOptions(request),
    vaeTilingParams: request.vaeTiling,
    cache: request.cache,
    hires: request.hires,
    previewMode: request.preview?.mode,
    previewInterval: request.preview?.interval,
    previewShare: request.preview?.share,
  };
}

/** A picture to draw in the addon's words (`sd_img_gen_params_t`). */
export function toImageOptions(request: ImageRequest): Addon.ImageOptions {
  const { photoMaker } = request;
  return {
    ...toCommonOptions(request),
    batchCount: request.batchCount,
    maskImage: optional(request.maskImage),
    controlImage: optional(request.controlImage),
    controlStrength: request.controlStrength,
    refImages: request.refImages?.map(toImageInput),
    autoResizeRefImage: request.autoResizeRefImage,
    increaseRefIndex: request.increaseRefIndex,
    pmParams: photoMaker && {
      idImages: photoMaker.idImages?.map(toImageInput),
      idEmbedPath: photoMaker.idEmbedPath,
      styleStrength: photoMaker.styleStrength,
    },
  };
}

/** A video in the addon's words (`sd_vid_gen_params_t`). */
export function toVideoOptions(request: VideoRequest): Addon.VideoOptions {
  const { highNoise } = request;
  return {
    ...toCommonOptions(request),
    videoFrames: request.frames,
    fps: request.fps,
    endImage: optional(request.endImage),
    controlFrames: request.controlFrames?.map(toImageInput),
    moeBoundary: request.moeBoundary,
    vaceStrength: request.vaceStrength,
    highNoiseSampleParams: highNoise && toSampleOptions(highNoise),
  };
}

/** The addon's progress as the port tells it: sampling counts over the whole batch and every pass. */
export function toProgress(
  progress: Addon.Progress,
  request: Pick<ImageRequest, 'batchCount' | 'hires'>,
): EngineProgress {
  const { phase, step, steps, batchIndex, pass } = progress;
  if (phase !== 'sampling') {
    return { phase: phase === 'upscaling' ? 'decoding' : phase, step, steps };
  }
  const inPass = request.batchCount * steps;
  const passes = Math.max(request.hires?.enabled ? 2 : 1, pass + 1);
  return { phase, step: pass * inPass + batchIndex * steps + step, steps: passes * inPass };
}
