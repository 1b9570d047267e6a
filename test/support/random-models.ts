import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeRandomWeights } from './random-weights.js';
import { sd1Checkpoint, sd1ControlNet, tinyAutoencoder } from './sd1-layout.js';
import { tinyVideoAutoencoder, wanTransformer } from './wan-layout.js';

/** What keeps them quick: the smallest picture, a single step, no second run for the guidance. */
const RECOMMENDED = { width: 64, height: 64, steps: 1, cfg_scale: 1 };

function manifest(name: string, type: string, files: Record<string, string>): string {
  return JSON.stringify({ name, type, files, recommended: RECOMMENDED });
}

/**
 * Writes a checkpoint of Stable Diffusion 1 and a ControlNet for it, of random weights and whole in their
 * names and sizes (1.3 billion weights in 106 MB): models `random-sd1` and `random-control`.
 */
export async function writeRandomStableDiffusion(folder: string): Promise<void> {
  const bundle = join(folder, 'random-sd1');
  await writeRandomWeights(join(bundle, 'sd1.safetensors'), sd1Checkpoint());
  await writeRandomWeights(join(bundle, 'taesd.safetensors'), tinyAutoencoder(), { exponent: -6 });
  const files = { model: 'sd1.safetensors', taesd: 'taesd.safetensors' };
  await writeFile(join(bundle, 'model.json'), manifest('random-sd1', 'checkpoint', files));
  await writeRandomWeights(join(folder, 'controlnet/random-control.safetensors'), sd1ControlNet(), {
    seed: 2,
  });
}

/**
 * Writes a Wan 2.1 of random weights, whole in its names and sizes but for the text encoder (1.4 billion
 * weights in 31 MB): the model `random-wan`. The text encoder has 5.7 billion weights, which is minutes of
 * work for a prompt; without one the engine goes on as if every prompt were empty.
 */
export async function writeRandomWan(folder: string): Promise<void> {
  const bundle = join(folder, 'random-wan');
  await writeRandomWeights(join(bundle, 'wan.safetensors'), wanTransformer());
  await writeRandomWeights(join(bundle, 'taehv.safetensors'), tinyVideoAutoencoder(), {
    exponent: -6,
  });
  const files = { diffusion_model: 'wan.safetensors', taesd: 'taehv.safetensors' };
  await writeFile(join(bundle, 'model.json'), manifest('random-wan', 'diffusion', files));
}
