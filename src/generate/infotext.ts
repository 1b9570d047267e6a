import { textOf, type OptionValues } from './generation-request.js';

export interface Recipe {
  options: OptionValues;
  /** Undefined where nothing was drawn by chance. */
  seed: number | undefined;
  modelName: string;
  /** SHA-256 of the model's main file, in hex. */
  modelHash: string;
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

/**
 * The recipe in the form that AUTOMATIC1111 writes into a PNG's `parameters` and reads back
 * (`modules/infotext_utils.py` there).
 */
export function infotext({ options, seed, modelName, modelHash, version }: Recipe): string {
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
    ['Clip skip', Number(options['clip_skip']) > 0 ? word(options, 'clip_skip') : undefined],
    ['Version', version],
  ];
  const line = fields
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${quote(value)}`]))
    .join(', ');
  const negative = textOf(options, 'negative_prompt');
  return `${textOf(options, 'prompt')}${negative && `\nNegative prompt: ${negative}`}\n${line}`;
}
