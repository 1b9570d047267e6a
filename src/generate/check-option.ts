import { randomInt } from 'node:crypto';
import type { EngineFacts } from '../engine/index.js';
import { checkPlain, checkText, isWithin, range, type Checked } from '../models/index.js';
import type { LoraValue, OptionValue } from './generation-request.js';
import { MAX_SEED, type GenerationOption, type NumbersOption } from './options/index.js';
import { promptProblem } from './prompt-check.js';

/** What the checks depend on. */
export interface OptionContext {
  facts: EngineFacts;
  /** Longest prompt, in characters. */
  promptLimit: number;
}

/** Largest seed that is drawn; picture n of a batch has seed + n, and every client can hold 32 bits. */
const DRAWN_SEEDS = 2 ** 32 - 1;

/** Most LoRAs, embeddings or pictures of one request. */
const LIST_LIMIT = 32;

const MAX_MULTIPLIER = 100;

/** A seed for whoever left it open. */
export function drawSeed(): number {
  return randomInt(DRAWN_SEEDS);
}

function checkNumbers(option: NumbersOption, value: unknown): Checked<OptionValue> {
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

function checkSeed(value: unknown): Checked<OptionValue> {
  if (value === 'random' || value === -1) return { value: drawSeed() };
  if (isWithin(value, 0, MAX_SEED, true)) return { value };
  return { problem: `must be a whole number from 0 to ${MAX_SEED}, or "random"` };
}

function checkPrompt(value: unknown, limit: number): Checked<OptionValue> {
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

function checkLoras(value: unknown): Checked<OptionValue> {
  const loras =
    Array.isArray(value) && value.length <= LIST_LIMIT ? value.map(readLora) : [undefined];
  if (loras.every((lora) => lora !== undefined)) return { value: loras };
  return {
    problem: `must be a list of at most ${LIST_LIMIT} names, or of {name, multiplier} with a multiplier from -${MAX_MULTIPLIER} to ${MAX_MULTIPLIER}`,
  };
}

function checkNames(value: unknown, longest = LIST_LIMIT): Checked<OptionValue> {
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
): Checked<OptionValue> {
  switch (option.type) {
    case 'numbers':
      return checkNumbers(option, value);
    case 'seed':
      return checkSeed(value);
    case 'prompt':
      return checkPrompt(value, context.promptLimit);
    case 'model':
      return checkText(value);
    case 'loras':
      return checkLoras(value);
    case 'embeddings':
      return checkNames(value);
    case 'pictures':
      return checkNames(value, option.type === 'pictures' ? option.longest : undefined);
    case 'picture':
      return checkText(value, Infinity);
    case 'integer':
    case 'number':
    case 'boolean':
    case 'choice':
    case 'text':
    case 'component':
      return checkPlain(option, value, context.facts);
  }
}
