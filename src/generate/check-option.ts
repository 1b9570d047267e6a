import { randomInt } from 'node:crypto';
import type { EngineFacts } from '../engine/index.js';
import type { LoraValue, OptionValue } from './generation-request.js';
import {
  MAX_SEED,
  type ChoiceOption,
  type GenerationOption,
  type NumberOption,
  type NumbersOption,
} from './options/index.js';
import { promptProblem } from './prompt-check.js';

/** What the checks depend on. */
export interface OptionContext {
  facts: EngineFacts;
  /** Longest prompt, in characters. */
  promptLimit: number;
}

/** A value as it is used, or what is wrong with it, as the end of a sentence. */
export type Checked = { value: OptionValue } | { problem: string };

/** Largest seed that is drawn; picture n of a batch has seed + n, and every client can hold 32 bits. */
const DRAWN_SEEDS = 2 ** 32 - 1;

/** Longest free text, in characters. */
const TEXT_LIMIT = 2000;

/** Most LoRAs, embeddings or pictures of one request. */
const LIST_LIMIT = 32;

const MAX_MULTIPLIER = 100;

/** A seed for whoever left it open. */
export function drawSeed(): number {
  return randomInt(DRAWN_SEEDS);
}

function isWithin(value: unknown, min: number, max: number, whole: boolean): value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return value >= min && value <= max && (!whole || Number.isInteger(value));
}

function range({ min, max }: { min: number; max: number }, whole: boolean): string {
  return `${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`;
}

function checkNumber(option: NumberOption, value: unknown): Checked {
  const { type, min, max, multipleOf } = option;
  const whole = type === 'integer';
  if (isWithin(value, min, max, whole) && (!multipleOf || value % multipleOf === 0))
    return { value };
  const wanted = range(option, whole);
  return {
    problem: `must be ${multipleOf ? `${wanted} and a multiple of ${multipleOf}` : wanted}`,
  };
}

function checkNumbers(option: NumbersOption, value: unknown): Checked {
  const whole = option.of === 'integer';
  const fits =
    Array.isArray(value) &&
    value.length <= option.longest &&
    value.every((entry) => isWithin(entry, option.min, option.max, whole));
  if (fits) return { value: value as number[] };
  return {
    problem: `must be a list of at most ${option.longest} entries, each ${range(option, whole)}`,
  };
}

/** Spellings that mean the same: `dpm++2s_a`, `dpmpp2s_a`, `DPMPP2S A`. */
export function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('++', 'pp')
    .replaceAll(/[^a-z0-9]/g, '');
}

/** The names that a choice is made of. */
export function namesOf({ of }: ChoiceOption, facts: EngineFacts): readonly string[] {
  return typeof of === 'string' ? facts[of] : of;
}

function checkChoice(names: readonly string[], value: unknown): Checked {
  const found = typeof value === 'string' && names.find((name) => plain(name) === plain(value));
  return found ? { value: found } : { problem: `must be one of ${names.join(', ')}` };
}

function checkSeed(value: unknown): Checked {
  if (value === 'random' || value === -1) return { value: drawSeed() };
  if (isWithin(value, 0, MAX_SEED, true)) return { value };
  return { problem: `must be a whole number from 0 to ${MAX_SEED}, or "random"` };
}

function checkText(value: unknown, limit: number): Checked {
  if (typeof value !== 'string') return { problem: 'must be a text' };
  if (value.length > limit) return { problem: `must be at most ${limit} characters long` };
  return value.includes('\0') ? { problem: 'must not contain a NUL character' } : { value };
}

function checkPrompt(value: unknown, limit: number): Checked {
  if (typeof value !== 'string') return { problem: 'must be a text' };
  const problem = promptProblem(value, limit);
  return problem ? { problem } : { value };
}

function readLora(entry: unknown): LoraValue | undefined {
  if (typeof entry === 'string') return { name: entry, multiplier: 1, is_high_noise: false };
  if (typeof entry !== 'object' || entry === null) return undefined;
  const {
    name,
    path,
    multiplier,
    weight,
    is_high_noise: highNoise,
  } = entry as Record<string, unknown>;
  const called = name ?? path;
  const strength = multiplier ?? weight ?? 1;
  if (typeof called !== 'string' || called === '') return undefined;
  if (!isWithin(strength, -MAX_MULTIPLIER, MAX_MULTIPLIER, false)) return undefined;
  return { name: called, multiplier: strength, is_high_noise: highNoise === true };
}

function checkLoras(value: unknown): Checked {
  const loras =
    Array.isArray(value) && value.length <= LIST_LIMIT ? value.map(readLora) : [undefined];
  if (loras.every((lora) => lora !== undefined)) return { value: loras };
  return {
    problem: `must be a list of at most ${LIST_LIMIT} names, or of {name, multiplier} with a multiplier from -${MAX_MULTIPLIER} to ${MAX_MULTIPLIER}`,
  };
}

function checkNames(value: unknown, longest = LIST_LIMIT): Checked {
  const fits =
    Array.isArray(value) &&
    value.length <= longest &&
    value.every((entry) => typeof entry === 'string' && entry !== '');
  return fits
    ? { value: value as string[] }
    : { problem: `must be a list of at most ${longest} texts` };
}

/** Checks one value; pictures are only looked at as texts here, and decoded later. */
export function checkOption(
  option: GenerationOption,
  value: unknown,
  context: OptionContext,
): Checked {
  switch (option.type) {
    case 'integer':
    case 'number':
      return checkNumber(option, value);
    case 'numbers':
      return checkNumbers(option, value);
    case 'boolean':
      return typeof value === 'boolean' ? { value } : { problem: 'must be true or false' };
    case 'choice':
      return checkChoice(namesOf(option, context.facts), value);
    case 'seed':
      return checkSeed(value);
    case 'prompt':
      return checkPrompt(value, context.promptLimit);
    case 'text':
    case 'model':
    case 'component':
      return checkText(value, TEXT_LIMIT);
    case 'loras':
      return checkLoras(value);
    case 'embeddings':
      return checkNames(value);
    case 'pictures':
      return checkNames(value, option.type === 'pictures' ? option.longest : undefined);
    case 'picture':
      return checkText(value, Infinity);
  }
}
