import { InvalidParametersError } from '../../common/index.js';

/** What a language model gave with a call: anything. */
export type GivenArguments = Readonly<Record<string, unknown>>;

/** Characters of a text. */
const TEXT_LENGTH = 200;

/** A text, cut; undefined where none was given. */
export function textOf(given: GivenArguments, name: string): string | undefined {
  const value = given[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value.slice(0, TEXT_LENGTH) : undefined;
}

/** @throws InvalidParametersError where it is missing */
export function neededText(given: GivenArguments, name: string): string {
  const value = textOf(given, name);
  if (value === undefined) throw new InvalidParametersError(`${name} is missing.`);
  return value;
}

/** A whole number brought into its bounds; small models write numbers as texts. */
export function countOf(
  given: GivenArguments,
  name: string,
  standard: number,
  max: number,
): number {
  const value = Number(given[name] ?? standard);
  return Number.isFinite(value) ? Math.min(Math.max(Math.trunc(value), 1), max) : standard;
}

/** Those of the words that are among the known ones; undefined where none is. */
export function wordsOf<const T extends string>(
  given: GivenArguments,
  name: string,
  known: readonly T[],
): T[] | undefined {
  const words = [given[name]].flat();
  const found = known.filter((word) => words.includes(word));
  return found.length > 0 ? found : undefined;
}
