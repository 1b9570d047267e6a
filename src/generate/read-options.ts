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

/**
 * Checks what a caller wrote, option by option, without filling anything in.
 * @returns the values that are good, and every problem with the others.
 */
export function readOptions(
  kind: GenerationKind,
  body: Record<string, unknown>,
  context: OptionContext,
): { given: OptionValues; problems: FieldProblem[] } {
  const given: Record<string, OptionValue> = {};
  const problems: FieldProblem[] = [];
  for (const [field, value] of Object.entries(body)) {
    const option = Object.hasOwn(OPTIONS, field) ? OPTIONS[field] : undefined;
    if (!option || !takes(kind, option)) {
      problems.push(unknownProblem(kind, field));
      continue;
    }
    if (saysNothing(option, value)) continue;
    const checked = checkOption(option, value, context);
    if ('value' in checked) given[field] = checked.value;
    else problems.push({ field, message: `${field} ${checked.problem}.` });
  }
  problems.push(...missing(kind, given, problems));
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
  if (option.type === 'seed') return drawSeed();
  return 'default' in option ? option.default : undefined;
}

/** Fills in what was not said: first what the model recommends, then the default, else the engine chooses. */
export function withDefaults(
  kind: GenerationKind,
  given: OptionValues,
  recommended: RecommendedSettings,
): OptionValues {
  const pairs = Object.entries(optionsOf(kind)).flatMap(([name, option]) => {
    // A strength says how far to go from a picture: without one there is nothing to go from.
    if (name === 'strength' && !('init_image' in given)) return [];
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
  const problems: FieldProblem[] = [];
  const { scheduler, steps, custom_sigmas: sigmas, hires_steps: hiresSteps } = options;
  if (scheduler === 'gits' && (Number(steps) < 2 || hiresSteps === 1)) {
    problems.push({ field: 'steps', message: 'steps must be 2 or more with the scheduler gits.' });
  }
  if (Array.isArray(sigmas) && sigmas.length < 2) {
    problems.push({ field: 'custom_sigmas', message: 'custom_sigmas needs two entries or more.' });
  }
  for (const field of ['tile_size', 'hires_upscale_tile_size']) {
    const size = options[field];
    if (typeof size === 'number' && size > 0 && size < 16) {
      problems.push({ field, message: `${field} must be 0, or 16 or more.` });
    }
  }
  return problems;
}
