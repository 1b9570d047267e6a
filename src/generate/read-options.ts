import type { FieldProblem } from '../common/index.js';
import type { RecommendedSettings } from '../models/index.js';
import { checkOption, drawSeed, type OptionContext } from './check-option.js';
import type { OptionValue, OptionValues } from './generation-request.js';
import {
  OPTIONS,
  optionsOf,
  takes,
  type GenerationKind,
  type GenerationOption,
} from './options/index.js';

/** Names of options that a model may recommend under another name. */
const RECOMMENDED_AS: Record<string, keyof RecommendedSettings> = {
  width: 'width',
  height: 'height',
  steps: 'steps',
  cfg_scale: 'cfg_scale',
  sampling_method: 'sampler',
  scheduler: 'scheduler',
};

/** A field that is null or empty where only a name makes sense says nothing. */
function saysNothing(option: GenerationOption, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return value === '' && option.type !== 'prompt';
}

function unknownProblem(kind: GenerationKind, field: string): FieldProblem {
  const elsewhere = Object.hasOwn(OPTIONS, field) ? ` for ${kind}` : '';
  return { field, message: `There is no option "${field.slice(0, 64)}"${elsewhere}.` };
}

function missing(
  kind: GenerationKind,
  given: OptionValues,
  problems: FieldProblem[],
): FieldProblem[] {
  return Object.entries(OPTIONS).flatMap(([field, option]) => {
    const excused = field in given || problems.some((problem) => problem.field === field);
    if (excused || !option.requiredFor?.includes(kind)) return [];
    return [{ field, message: `${field} is missing: ${option.doc}` }];
  });
}

/** The values that are good, and every problem with the others. */
export interface ReadOptions {
  given: OptionValues;
  problems: FieldProblem[];
}

/** Checks what a caller wrote, option by option, without filling anything in. */
export function readOptions(
  kind: GenerationKind,
  body: Record<string, unknown>,
  context: OptionContext,
): ReadOptions {
  const { given, problems } = readGiven(kind, body, context);
  return { given, problems: [...problems, ...missing(kind, given, problems)] };
}

/** What belongs to one request alone. */
const OF_ONE_REQUEST = ['model', 'prompt', 'seed', 'picture', 'pictures'];

/** As {@link readOptions}, for options that are to count for many requests: none is required. */
export function readUsual(
  kind: GenerationKind,
  body: Record<string, unknown>,
  context: OptionContext,
): ReadOptions {
  return readGiven(kind, body, context, ({ type }) => !OF_ONE_REQUEST.includes(type));
}

function readGiven(
  kind: GenerationKind,
  body: Record<string, unknown>,
  context: OptionContext,
  allowed: (option: GenerationOption) => boolean = () => true,
): ReadOptions {
  const given: Record<string, OptionValue> = {};
  const problems: FieldProblem[] = [];
  for (const [field, value] of Object.entries(body)) {
    const option = Object.hasOwn(OPTIONS, field) ? OPTIONS[field] : undefined;
    if (!option || !takes(kind, option) || !allowed(option)) {
      problems.push(unknownProblem(kind, field));
      continue;
    }
    if (saysNothing(option, value)) continue;
    const checked = checkOption(option, value, context);
    if ('value' in checked) given[field] = checked.value;
    else problems.push({ field, message: `${field} ${checked.problem}.` });
  }
  return { given, problems };
}

interface Advice {
  recommended: RecommendedSettings;
  defaults: OptionValues;
}

function fallback(
  name: string,
  option: GenerationOption,
  { recommended, defaults }: Advice,
): OptionValue | undefined {
  const key = RECOMMENDED_AS[name];
  const advice = (key && recommended[key]) ?? defaults[name];
  if (advice !== undefined) return advice;
  if (option.type === 'seed') return drawSeed();
  return 'default' in option ? option.default : undefined;
}

/** Options that say how much of what is made of another one: without that there is nothing to be said. */
const MEASURES: Record<string, string> = {
  strength: 'init_image',
  control_strength: 'control_image',
  masked_padding: 'masked_only',
};

function isIdle(name: string, given: OptionValues): boolean {
  const measured = MEASURES[name];
  return measured !== undefined && !(measured in given);
}

/**
 * Fills in what was not said: first what the model recommends, then the default, else the engine chooses.
 * @param defaults those of the API that was called, where they are others than the table's.
 */
export function withDefaults(
  kind: GenerationKind,
  given: OptionValues,
  recommended: RecommendedSettings,
  defaults: OptionValues = {},
): OptionValues {
  const pairs = Object.entries(optionsOf(kind)).flatMap(([name, option]) => {
    if (isIdle(name, given)) return [];
    const value = given[name] ?? fallback(name, option, { recommended, defaults });
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}

/**
 * The engine looks the schedule `gits` up in a table that begins with two steps, and reads in front of it
 * for one: a segmentation fault.
 */
function gitsProblems(options: OptionValues): FieldProblem[] {
  const { steps, hires_steps: hires, high_noise_steps: highNoise } = options;
  const { scheduler, high_noise_scheduler: highNoiseScheduler } = options;
  const wrong =
    (scheduler === 'gits' && (Number(steps) < 2 || hires === 1 || highNoise === 1)) ||
    (highNoiseScheduler === 'gits' && (Number(steps) < 2 || highNoise === 1));
  if (!wrong) return [];
  return [{ field: 'steps', message: 'steps must be 2 or more with the scheduler gits.' }];
}

function sigmaProblems(options: OptionValues): FieldProblem[] {
  return ['custom_sigmas', 'high_noise_custom_sigmas'].flatMap((field) => {
    const sigmas = options[field];
    if (!Array.isArray(sigmas) || sigmas.length >= 2) return [];
    return [{ field, message: `${field} needs two entries or more.` }];
  });
}

function tileProblems(options: OptionValues): FieldProblem[] {
  return ['tile_size', 'hires_upscale_tile_size', 'upscale_tile_size'].flatMap((field) => {
    const size = options[field];
    if (typeof size !== 'number' || size === 0 || size >= 16) return [];
    return [{ field, message: `${field} must be 0, or 16 or more.` }];
  });
}

function guideProblems(kind: GenerationKind, options: OptionValues): FieldProblem[] {
  if (kind === 'text2video' || !('control_image' in options) || 'control_net' in options) return [];
  const message = 'control_image needs a ControlNet to follow it: none is named by control_net.';
  return [{ field: 'control_image', message }];
}

/** What is wrong with options that are good one by one. */
export function problemsTogether(kind: GenerationKind, options: OptionValues): FieldProblem[] {
  return [
    ...gitsProblems(options),
    ...sigmaProblems(options),
    ...tileProblems(options),
    ...guideProblems(kind, options),
  ];
}
