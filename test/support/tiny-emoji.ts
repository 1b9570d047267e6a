import { join } from 'node:path';
import type { ModelSpec } from '../../src/engine/index.js';

const FOLDER = join(import.meta.dirname, '../../models/tiny-emoji');

/** The embedded upscaler's file. */
export const TINY_UPSCALER_FILE = join(
  import.meta.dirname,
  '../../models/tiny-emoji-x4/tiny-emoji-x4.safetensors',
);

/** The embedded model's files, by their part in it. */
export const TINY_EMOJI_FILES = {
  diffusionModel: join(FOLDER, 'tiny-emoji.dit.gguf'),
  llm: join(FOLDER, 'tiny-emoji.llm.gguf'),
  taesd: join(FOLDER, 'tiny-emoji.tae.safetensors'),
};

export function tinyEmoji(change: Partial<ModelSpec> = {}): ModelSpec {
  return {
    key: 'tiny',
    name: 'tiny-emoji',
    files: TINY_EMOJI_FILES,
    options: {},
    warmUp: { width: 64, height: 64 },
    ...change,
  };
}

export function tinyUpscaler(change: Partial<ModelSpec> = {}): ModelSpec {
  return {
    key: 'x4',
    name: 'tiny-emoji-x4',
    enlarges: true,
    files: { model: TINY_UPSCALER_FILE },
    options: {},
    warmUp: { width: 16, height: 16 },
    ...change,
  };
}

/** The same files, loaded in another way. */
export const OTHER_TINY_EMOJI = tinyEmoji({ key: 'other', options: { threads: 1 } });
