import type { EngineFacts } from '../../engine/index.js';
import type { ChoiceOption, NumberOption, PlainOption } from './option.js';

/** A value as it is used, or what is wrong with it, as the end of a sentence. */
export type Checked<Value> = { value: Value } | { problem: string };

/** Longest free text, in characters. */
const TEXT_LIMIT = 2000;

export function isWithin(
  value: unknown,
  min: number,
  max: number,
  whole: boolean,
): value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return value >= min && value <= max && (!whole || Number.isInteger(value));
}

/** The numbers from one to another in words. */
export function range({ min, max }: { min: number; max: number }, whole: boolean): string {
  return `${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`;
}

function checkNumber(option: NumberOption, value: unknown): Checked<number> {
  const { type, min, max, multipleOf } = option;
  const whole = type === 'integer';
  if (isWithin(value, min, max, whole) && (!multipleOf || value % multipleOf === 0))
    return { value };
  const wanted = range(option, whole);
  return {
    problem: `must be ${multipleOf ? `${wanted} and a multiple of ${multipleOf}` : wanted}`,
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

function checkChoice(names: readonly string[], value: unknown): Checked<string> {
  const found = typeof value === 'string' && names.find((name) => plain(name) === plain(value));
  return found ? { value: found } : { problem: `must be one of ${names.join(', ')}` };
}

/** @param limit in characters. */
export function checkText(value: unknown, limit = TEXT_LIMIT): Checked<string> {
  if (typeof value !== 'string') return { problem: 'must be a text' };
  if (value.length > limit) return { problem: `must be at most ${limit} characters long` };
  return value.includes('\0') ? { problem: 'must not contain a NUL character' } : { value };
}

/** Checks one value; whether there is a file of the name is not looked at. */
export function checkPlain(
  option: PlainOption,
  value: unknown,
  facts: EngineFacts,
): Checked<number | boolean | string> {
  switch (option.type) {
    case 'integer':
    case 'number':
      return checkNumber(option, value);
    case 'boolean':
      return typeof value === 'boolean' ? { value } : { problem: 'must be true or false' };
    case 'choice':
      return checkChoice(namesOf(option, facts), value);
    case 'text':
    case 'component':
      return checkText(value);
  }
}
