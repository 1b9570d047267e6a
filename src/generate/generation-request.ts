import type { ImageRequest, LoadOptions, ModelFiles, VideoRequest } from '../engine/index.js';
import { OPTIONS, type GenerationKind, type GenerationOption } from './options/index.js';

/** A LoRA as a request names it. */
export interface LoraValue {
  name: string;
  multiplier: number;
  is_high_noise: boolean;
}

/** Pictures are given by the id of their upload. */
export type OptionValue = string | number | boolean | number[] | string[] | LoraValue[];

/** Every option with the value that is used, under its public name. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** A generation as it is stored with its job: nothing in it is left to be decided but the engine's own choices. */
export interface GenerationRequest {
  kind: GenerationKind;
  model: { id: string; name: string };
  options: OptionValues;
}

/** The text of an option; empty where it is none. */
export function textOf(options: OptionValues, name: string): string {
  const value = options[name];
  return typeof value === 'string' ? value : '';
}

function setPath(target: Record<string, unknown>, path: string, value: unknown): void {
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const inner = (target[first] ??= {}) as Record<string, unknown>;
  setPath(inner, rest.join('.'), value);
}

function pick(
  options: OptionValues,
  keyOf: (option: GenerationOption) => string | undefined,
): Record<string, OptionValue> {
  const picked: Record<string, OptionValue> = {};
  for (const [name, value] of Object.entries(options)) {
    const option = OPTIONS[name];
    const key = option && keyOf(option);
    if (key !== undefined) setPath(picked, key, value);
  }
  return picked;
}

function isPicture(option: GenerationOption): boolean {
  return option.type === 'picture' || option.type === 'pictures';
}

/**
 * The part of the options that the engine draws with, pictures and model files left out: those are
 * added by {@link addTo}.
 */
export function toEngineRequest(options: OptionValues): ImageRequest & VideoRequest {
  const picked = pick(options, (option) =>
    isPicture(option) || option.type === 'component' ? undefined : option.request,
  );
  return picked as unknown as ImageRequest & VideoRequest;
}

/** Puts a value where the option of this name has its place in the engine's request. */
export function addTo(request: object, name: string, value: unknown): void {
  const path = OPTIONS[name]?.request;
  if (path) setPath(request as Record<string, unknown>, path, value);
}

/** The part of the options that decides how the model is loaded. */
export function toLoadOptions(options: OptionValues): LoadOptions {
  return pick(options, (option) => option.load) as LoadOptions;
}

/** The options of these types that are used. */
export function valuesOf<Type extends GenerationOption['type']>(
  options: OptionValues,
  ...types: Type[]
): Array<{ name: string; option: Extract<GenerationOption, { type: Type }>; value: OptionValue }> {
  return Object.entries(options).flatMap(([name, value]) => {
    const option = OPTIONS[name];
    if (!option || !types.includes(option.type as Type)) return [];
    return [{ name, option: option as Extract<GenerationOption, { type: Type }>, value }];
  });
}

/** The part of a model that a component is; undefined for one that the engine is told with the request. */
export function partOf(
  option: Extract<GenerationOption, { type: 'component' }>,
): keyof ModelFiles | undefined {
  return option.request ? undefined : option.part;
}
