import { createHash } from 'node:crypto';
import type { LoadOptions, ModelFiles, ModelSpec } from '../engine/index.js';
import { UPSCALER_TYPE } from './model-type.js';
import type { Model } from './model.js';

/** Size of the warm-up picture where the model recommends none, in pixels: small, because only the weights matter. */
const WARM_UP_SIDE = 256;

/** As much as an upscaler needs to show that its weights can be read, in pixels. */
const UPSCALER_WARM_UP_SIDE = 16;

/** How a model is loaded. */
export interface WayToLoad {
  options: LoadOptions;
  /** Files that take a part of the model instead of its own. */
  components?: Partial<ModelFiles>;
}

export interface WantedModel extends WayToLoad {
  model: Model;
}

function keyOf(files: ModelFiles, options: LoadOptions): string {
  const sorted = [files, options].map((part) =>
    Object.entries(part)
      .filter(([, value]) => value !== undefined)
      .toSorted(([a], [b]) => a.localeCompare(b)),
  );
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 24);
}

/** What is wanted now over what is usual. */
export function mergeWays(usual: WayToLoad | undefined, wanted: WayToLoad): WayToLoad {
  return {
    options: { ...usual?.options, ...wanted.options },
    components: { ...usual?.components, ...wanted.components },
  };
}

/**
 * Where a VAE is named and the model has a small stand-in for one, the engine would go on with the stand-in: it
 * is for previews only then.
 */
function decoding({ files }: Model, named: Partial<ModelFiles> = {}): LoadOptions {
  return named.vae && !named.taesd && files.taesd ? { taePreviewOnly: true } : {};
}

/** A model in the engine's words. @param threads for who does not say. */
export function toSpec({ model, options, components }: WantedModel, threads: number): ModelSpec {
  const files = { ...model.files, ...components };
  const threaded = { ...options, threads: options.threads || threads };
  const load = { ...decoding(model, components), ...threaded };
  const key = keyOf(files, load);
  const enlarges = model.type === UPSCALER_TYPE;
  const side = enlarges ? UPSCALER_WARM_UP_SIDE : WARM_UP_SIDE;
  const { width = side, height = side } = enlarges ? {} : model.recommended;
  return { key, name: model.name, enlarges, files, options: load, warmUp: { width, height } };
}
