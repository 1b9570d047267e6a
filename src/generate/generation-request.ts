import type { ImageRequest, LoadOptions, ModelFiles } from '../engine/index.js';
import { OPTIONS, type GenerationOption } from './options.js';

export type OptionValue = string | number | boolean;

/** Every option with the value that is used, under its public name. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** A generation as it is stored with its job: nothing in it is left to be decided but the engine's own choices. */
export interface GenerationRequest {
  model: { id: string; name: string };
  options: OptionValues;
}

function pick(
  options: OptionValues,
  keyOf: (option: GenerationOption) => string | undefined,
): Record<string, OptionValue> {
  const pairs = Object.entries(options).flatMap(([name, value]) => {
    const option = OPTIONS[name];
    const key = option && keyOf(option);
    return key === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(pairs);
}

/** The part of the options that the engine draws with. */
export function toImageRequest(options: OptionValues): ImageRequest {
  const picked = pick(options, (option) => ('request' in option ? option.request : undefined));
  return picked as unknown as ImageRequest;
}

/** The part of the options that decides how the model is loaded. */
export function toLoadOptions(options: OptionValues): LoadOptions {
  return pick(options, (option) => ('load' in option ? option.load : undefined)) as LoadOptions;
}

/** Files that take a part of the model, as the request names them. */
export function toComponents(options: OptionValues): Partial<Record<keyof ModelFiles, string>> {
  return pick(options, (option) =>
    option.type === 'component' ? option.part : undefined,
  ) as Partial<Record<keyof ModelFiles, string>>;
}
