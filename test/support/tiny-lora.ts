import { writeRandomWeights } from './random-weights.js';
import { listOf, matrix } from './tensor-list.js';

/** How much a LoRA's two matrices know of what they change. */
const RANK = 4;

/** Layers of the embedded model, their width and the width inside them (models/tiny-emoji/README.md). */
const LAYERS = [0, 1, 2, 3, 4];
const WIDTH = 256;
const INNER = 768;

/**
 * Writes a LoRA of random weights for the embedded model (150 kB, safetensors). It draws nothing that has
 * a name, but it changes every layer, and so the picture.
 */
export function writeLora(path: string, seed = 1): Promise<void> {
  const tensors = LAYERS.flatMap((layer) => {
    const name = `diffusion_model.layers.${layer}.feed_forward.w2`;
    return [...matrix(`${name}.lora_A`, INNER, RANK), ...matrix(`${name}.lora_B`, RANK, WIDTH)];
  });
  return writeRandomWeights(path, listOf(tensors), { seed, exponent: -6 });
}
