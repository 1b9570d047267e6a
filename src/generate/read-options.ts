import { randomInt } from 'node:crypto';
import type { FieldProblem } from '../common/index.js';
import type { EngineFacts } from '../engine/index.js';
import type { RecommendedSettings } from '../models/index.js';
import type { OptionValue, OptionValues } from './generation-request.js';
import { MAX_SEED, OPTIONS, type GenerationOption, type NumberOption } from './options.js';
import { promptProblem } from './prompt-check.js';

/** What the checks depend on. */
export interface OptionContext {
  samplers: EngineFacts['samplers'];
  schedulers: EngineFacts['schedulers'];
  /** Longest prompt, in characters. */
  promptLimit: number;
}

/** Largest seed that is drawn; picture n of a batch has seed + n, and every client can hold 32 bits. */
const DRAWN_SEEDS = 2 ** 32 - 1;

/** Names of options that a model may recommend under another name. */
const RECOMMENDED_AS: Record<string, keyof RecommendedSettings> = {
  width: 'width',
  height: 'height',
  steps: 'steps',
  cfg_scale: 'cfg_scale',
  sampling_method: 'sampler',
  scheduler: 'scheduler',
};

type Checked = { value: OptionValue } | { problem: string };

function checkNumber(option: NumberOption, value: unknown): Checked {
  const { type, min, max, multipleOf } = option;
  const range = `${type === 'integer' ? 'a whole number' : 'a number'} from ${min} to ${max}`;
  const wanted = multipleOf ? `${range} and a multiple of ${multipleOf}` : range;
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= min &&
    value <= max &&
    (type === 'number' || Number.isInteger(value)) &&
    (!multipleOf || value % multipleOf === 0);
  return fits ? { value } : { problem: `must be ${wanted}` };
}

/** Spellings that mean the same: `dpm++2s_a`, `dpmpp2s_a`, `DPMPP2S A`. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('++', 'pp')
    .replaceAll(/[^a-z0-9]/g, '');
}

function checkChoice(known: string[], value: unknown): Checked {
  const found = typeof value === 'string' && known.find((name) => plain(name) === plain(value));
  return found ? { value: found } : { problem: `must be one of ${known.join(', ')}` };
}

function checkSeed(value: unknown): Checked {
  if (value === 'random' || value === -1) return { value: randomInt(DRAWN_SEEDS) };
  const fits =
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_SEED;
  return fits
    ? { value }
    : { problem: `must be a whole number from 0 to ${MAX_SEED}, or "random"` };
}

function checkText(value: unknown): Checked {
  return typeof value === 'string' ? { value } : { problem: 'must be a text' };
}

function checkPrompt(value: unknown, limit: number): Checked {
  if (typeof value !== 'string') return { problem: 'must be a text' };
  const problem = promptProblem(value, limit);
  return problem ? { problem } : { value };
}

function check(option: GenerationOption, value: unknown, context: OptionContext): Checked {
  switch (option.type) {
    case 'integer':
    case 'number':
      return checkNumber(option, value);
    case 'boolean':
      return typeof value === 'boolean' ? { value } : { problem: 'must be true or false' };
    case 'sampler':
      return checkChoice(context.samplers, value);
    case 'scheduler':
      return checkChoice(context.schedulers, value);
    case 'seed':
      return checkSeed(value);
    case 'prompt':
      return checkPrompt(value, context.promptLimit);
    case 'model':
    case 'component':
      return checkText(value);
    case 'refused':
      return { problem: `cannot be given: ${option.doc}` };
  }
}

/** A field that is null or empty where only a name makes sense says nothing. */
function saysNothing(option: GenerationOption, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return value === '' && option.type !== 'prompt';
}

/**
 * Checks what a caller wrote, option by option, without filling anything in.
 * @returns the values that are good, and every problem with the others.
 */
export function readOptions(
  body: Record<string, unknown>,
  context: OptionContext,
): { given: OptionValues; problems: FieldProblem[] } {
  const given: Record<string, OptionValue> = {};
  const problems: FieldProblem[] = [];
  for (const [field, value] of Object.entries(body)) {
    const option = Object.hasOwn(OPTIONS, field) ? OPTIONS[field] : undefined;
    if (!option) {
      problems.push({ field, message: `There is no option "${field.slice(0, 64)}".` });
      continue;
    }
    if (saysNothing(option, value)) continue;
    const checked = check(option, value, context);
    if ('value' in checked) given[field] = checked.value;
    else problems.push({ field, message: `${field} ${checked.problem}.` });
  }
  if (typeof body['prompt'] !== 'string' && !problems.some(({ field }) => field === 'prompt')) {
    problems.push({ field: 'prompt', message: 'prompt is missing: say what to draw.' });
  }
  return { given, problems };
}

function fallback(
  name: string,
  option: GenerationOption,
  recommended: RecommendedSettings,
): OptionValue | undefined {
  const key = RECOMMENDED_AS[name];
  const advice = key && recommended[key];
  if (advice !== undefined) return advice;
  if (option.type === 'seed') return randomInt(DRAWN_SEEDS);
  return 'default' in option ? option.default : undefined;
}

/** Fills in what was not said: first what the model recommends, then the default, else the engine chooses. */
export function withDefaults(given: OptionValues, recommended: RecommendedSettings): OptionValues {
  const pairs = Object.entries(OPTIONS).flatMap(([name, option]) => {
    const value = given[name] ?? fallback(name, option, recommended);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}

/**
 * What is wrong with options that are good one by one. The engine looks the schedule `gits` up in a
 * table that begins with two steps, and reads in front of it for one: a segmentation fault.
 */
export function problemsTogether(options: OptionValues): FieldProblem[] {
  const { scheduler, steps } = options;
  if (scheduler !== 'gits' || Number(steps) >= 2) return [];
  return [{ field: 'steps', message: 'steps must be 2 or more with the scheduler gits.' }];
}
