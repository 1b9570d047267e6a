import type { OptionValue, OptionValues } from './generation-request.js';

export interface Recipe {
  options: OptionValues;
  seed: number;
  modelName: string;
  /** SHA-256 of the model's main file, in hex. */
  modelHash: string;
  /** Program and engine, for example `atelier 0.1.0 (stable-diffusion.cpp 9838264)`. */
  version: string;
}

/** Values with a comma, a colon or a line break are quoted as JSON, as AUTOMATIC1111 does. */
function quote(value: OptionValue): string {
  const text = String(value);
  return /[,:\n"]/.test(text) ? JSON.stringify(text) : text;
}

/**
 * The recipe in the form that AUTOMATIC1111 writes into a PNG's `parameters` and reads back
 * (`modules/infotext_utils.py` there).
 */
export function infotext({ options, seed, modelName, modelHash, version }: Recipe): string {
  const fields: [string, OptionValue | undefined][] = [
    ['Steps', options['steps']],
    ['Sampler', options['sampling_method']],
    ['Schedule type', options['scheduler']],
    ['CFG scale', options['cfg_scale']],
    ['Seed', seed],
    ['Size', `${options['width']}x${options['height']}`],
    ['Model hash', modelHash.slice(0, 10)],
    ['Model', modelName],
    ['Clip skip', Number(options['clip_skip']) > 0 ? options['clip_skip'] : undefined],
    ['Version', version],
  ];
  const line = fields
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${quote(value)}`]))
    .join(', ');
  const negative = options['negative_prompt']
    ? `\nNegative prompt: ${options['negative_prompt']}`
    : '';
  return `${options['prompt']}${negative}\n${line}`;
}
