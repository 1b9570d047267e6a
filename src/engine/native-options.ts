import type * as Addon from '../../native/index.js';
import type { EngineProgress, ImageRequest, LoadOptions, ModelSpec } from './image-engine.js';

/** Which device each part computes on, in the engine's `part=device` form; undefined: the engine's choice. */
function backendOf({ clipOnCpu, vaeOnCpu }: LoadOptions): string | undefined {
  const parts = [
    ...(clipOnCpu ? ['te=CPU', 'clip_vision=CPU'] : []),
    ...(vaeOnCpu ? ['vae=CPU'] : []),
  ];
  return parts.length > 0 ? parts.join(',') : undefined;
}

/** A model in the addon's words (`sd_ctx_params_t`). */
export function toContextOptions({ files, options }: ModelSpec): Addon.ContextOptions {
  return {
    modelPath: files.model,
    diffusionModelPath: files.diffusionModel,
    vaePath: files.vae,
    taesdPath: files.taesd,
    clipLPath: files.clipL,
    clipGPath: files.clipG,
    t5xxlPath: files.t5xxl,
    llmPath: files.llm,
    nThreads: options.threads || undefined,
    diffusionFlashAttn: options.flashAttention,
    diffusionConvDirect: options.diffusionConvDirect,
    vaeConvDirect: options.vaeConvDirect,
    backend: backendOf(options),
    paramsBackend: options.offloadParamsToCpu ? 'CPU' : undefined,
  };
}

/** A picture to draw in the addon's words (`sd_img_gen_params_t`). */
export function toImageOptions(request: ImageRequest): Addon.ImageOptions {
  return {
    prompt: request.prompt,
    negativePrompt: request.negativePrompt,
    width: request.width,
    height: request.height,
    seed: request.seed,
    batchCount: request.batchCount,
    clipSkip: request.clipSkip,
    sampleParams: {
      sampleSteps: request.steps,
      sampleMethod: request.sampler,
      scheduler: request.scheduler,
      eta: request.eta,
      flowShift: request.flowShift,
      guidance: { txtCfg: request.cfgScale, distilledGuidance: request.distilledGuidance },
    },
    previewMode: request.preview?.mode,
    previewInterval: request.preview?.interval,
  };
}

/** The addon's progress as the port tells it: sampling counts over the whole batch. */
export function toProgress(progress: Addon.Progress, request: ImageRequest): EngineProgress {
  const { phase, step, steps, batchIndex } = progress;
  if (phase === 'sampling') {
    return { phase, step: batchIndex * steps + step, steps: request.batchCount * steps };
  }
  return { phase: phase === 'upscaling' ? 'decoding' : phase, step, steps };
}
