import type { EngineWatch, ImageRequest, ModelSpec } from './image-engine.js';

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
