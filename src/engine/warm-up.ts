import type { EngineWatch, ImageRequest, ModelSpec, RawImage } from './image-engine.js';

/** All that happens while a model is made ready is loading, the warm-up picture too. */
export function asLoading({ signal, onProgress }: EngineWatch): EngineWatch {
  return {
    signal,
    onProgress: onProgress && (({ step, steps }) => onProgress({ phase: 'loading', step, steps })),
  };
}

/** The smallest request that shows whether a model works. */
export function warmUpOf(model: ModelSpec): ImageRequest {
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

/** The picture that shows whether an upscaler works. */
export function blank({ warmUp: { width, height } }: ModelSpec): RawImage {
  return { width, height, channels: 3, data: Buffer.alloc(width * height * 3) };
}
