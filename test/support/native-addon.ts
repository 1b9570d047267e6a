import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ContextOptions, ImageOptions, ImageOutput } from '../../native/index.js';

const folder = join(import.meta.dirname, '../../models/tiny-emoji');

/** The embedded model, as the addon loads it. */
export const model: ContextOptions & { diffusionModelPath: string; taesdPath: string } = {
  diffusionModelPath: join(folder, 'tiny-emoji.dit.gguf'),
  llmPath: join(folder, 'tiny-emoji.llm.gguf'),
  taesdPath: join(folder, 'tiny-emoji.tae.safetensors'),
  nThreads: 2,
};

/** A quick picture. */
export const apple: ImageOptions = {
  prompt: 'red apple',
  seed: 1,
  width: 128,
  height: 128,
  sampleParams: { guidance: { txtCfg: 3 }, sampleSteps: 4 },
};

/** Small enough that the tiny autoencoder works in several tiles. */
export const tiles = { enabled: true, tileSizeX: 8, tileSizeY: 8 };

export function withSteps(sampleSteps: number): ImageOptions {
  return { ...apple, sampleParams: { ...apple.sampleParams, sampleSteps } };
}

export function digest(images: ImageOutput[]): string[] {
  return images.map((image) => createHash('sha256').update(image.data).digest('hex'));
}

/** A picture of one grey. */
export function rgb(width: number, height: number, value = 128) {
  return { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(value) };
}
