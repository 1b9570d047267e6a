import { textOf, type LoraValue, type OptionValues } from './generation-request.js';
import type { HashedFile, HashedLora } from './recipe-hashes.js';

export interface Recipe {
  options: OptionValues;
  /** Undefined where nothing was drawn by chance. */
  seed: number | undefined;
  modelName: string;
  /** SHA-256 of the model's main file, in hex. */
  modelHash: string;
  /** The VAE, where it is a file of its own. */
  vae?: HashedFile;
  loras: readonly HashedLora[];
  embeddings: readonly HashedFile[];
  /** Program and engine, for example `atelier 0.1.0 (stable-diffusion.cpp 9838264)`. */
  version: string;
}

/** Values with a comma, a colon or a line break are quoted as JSON, as AUTOMATIC1111 does. */
function quote(value: string): string {
  return /[,:\n"]/.test(value) ? JSON.stringify(value) : value;
}

/** The option as a text; undefined where there is none, or where it is a list. */
function word(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return value === undefined || typeof value === 'object' ? undefined : `${value}`;
}

function size(options: OptionValues): string | undefined {
  const [width, height] = [word(options, 'width'), word(options, 'height')];
  return width && height && `${width}x${height}`;
}

/** As AUTOMATIC1111 writes hashes of LoRAs and textual inversions: by the names in the prompt, 12 characters each. */
function hashList(files: ReadonlyArray<{ name: string; hash: string }>): string | undefined {
  if (files.length === 0) return undefined;
  const entries = files.map(
    ({ name, hash }) => `${name.replaceAll(/[:,]/g, '')}: ${hash.slice(0, 12)}`,
  );
  return entries.join(', ');
}

/** The prompt with the LoRAs of the list in it, where readers of the text look for them. */
function promptOf(options: OptionValues): string {
  const listed = (options['loras'] ?? []) as LoraValue[];
  const tags = listed.map(
    ({ name, multiplier, is_high_noise }) =>
      ` <lora:${is_high_noise ? '|high_noise|' : ''}${name}:${multiplier}>`,
  );
  return textOf(options, 'prompt') + tags.join('');
}

/**
 * The recipe in the form that AUTOMATIC1111 writes into a PNG's `parameters` and reads back
 * (`modules/infotext_utils.py` there).
 */
export function infotext(recipe: Recipe): string {
  const { options, seed, modelName, modelHash, vae, loras, embeddings, version } = recipe;
  const fields: [string, string | undefined][] = [
    ['Steps', word(options, 'steps')],
    ['Sampler', word(options, 'sampling_method')],
    ['Schedule type', word(options, 'scheduler')],
    ['CFG scale', word(options, 'cfg_scale')],
    ['Seed', seed?.toString()],
    ['Size', size(options)],
    ['Denoising strength', word(options, 'strength')],
    ['Model hash', modelHash.slice(0, 10)],
    ['Model', modelName],
    ['VAE hash', vae?.sha256.slice(0, 10)],
    ['VAE', vae?.name],
    ['Clip skip', Number(options['clip_skip']) > 0 ? word(options, 'clip_skip') : undefined],
    ['TI hashes', hashList(embeddings.map(({ name, sha256 }) => ({ name, hash: sha256 })))],
    ['Lora hashes', hashList(loras.map(({ name, tensors }) => ({ name, hash: tensors })))],
    ['Version', version],
  ];
  const line = fields
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${quote(value)}`]))
    .join(', ');
  const negative = textOf(options, 'negative_prompt');
  return `${promptOf(options)}${negative && `\nNegative prompt: ${negative}`}\n${line}`;
}
