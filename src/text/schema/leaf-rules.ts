import { literal, type JsonRules } from './gbnf.js';
import { SchemaUnsupportedError } from './schema-errors.js';
import { MOST_VALUES, type Schema } from './schema.js';

/** Most of what a length or a count may be bounded by. */
const LONGEST_REPEAT = 2000;

const DIGITS = (count: number): string => `[0-9]{${count}}`;
const DATE = `${DIGITS(4)} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])`;
const TIME =
  '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,9})? ("Z" | [-+] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])';
const HEX = (count: number): string => `[0-9a-f]{${count}}`;

const FORMATS: Record<string, string> = {
  date: DATE,
  time: TIME,
  'date-time': `${DATE} "T" ${TIME}`,
  uuid: [8, 4, 4, 4, 12].map(HEX).join(' "-" '),
};

/** The grammar of a text within its bounds, or of one of the formats that are known. */
export function stringRule(rules: JsonRules, schema: Schema, path: string): string {
  const { format } = schema;
  if (format !== undefined) {
    const known =
      typeof format === 'string' && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
    if (known === undefined || 'minLength' in schema || 'maxLength' in schema)
      throw new SchemaUnsupportedError(
        `${path}/format`,
        `must be one of ${Object.keys(FORMATS).join(', ')}, without lengths.`,
      );
    return rules.add(`"\\"" ${known} "\\""`);
  }
  const { least, most } = bounds(schema, 'minLength', 'maxLength', path);
  if (least === 0 && most === undefined) return rules.string();
  return rules.add(`"\\"" (${rules.character()}){${least},${most ?? ''}} "\\""`);
}

/** Bounds of whole numbers: those that every whole number of JSON keeps, and small ranges number by number. */
export function integerRule(rules: JsonRules, schema: Schema, path: string): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const least = wholeBound(minimum, exclusiveMinimum, 1);
  const most = wholeBound(maximum, exclusiveMaximum, -1);
  const isFree =
    (least ?? -Infinity) <= Number.MIN_SAFE_INTEGER &&
    (most ?? Infinity) >= Number.MAX_SAFE_INTEGER;
  if (isFree) return rules.integer();
  if (most === undefined || most >= Number.MAX_SAFE_INTEGER) {
    if (least === 0) return rules.add('"0" | [1-9] [0-9]{0,15}');
    if (least === 1) return rules.add('[1-9] [0-9]{0,15}');
  }
  if (least !== undefined && most !== undefined && most >= least && most - least < MOST_VALUES) {
    const all = Array.from({ length: most - least + 1 }, (_, index) =>
      literal(String(least + index)),
    );
    return rules.add(all.join(' | '));
  }
  throw new SchemaUnsupportedError(
    path,
    `has bounds that cannot be enforced here: minimum 0 or 1, or a range of at most ${MOST_VALUES} numbers, can.`,
  );
}

function wholeBound(value: unknown, exclusive: unknown, step: number): number | undefined {
  if (typeof exclusive === 'number') return Math.trunc(exclusive) + step;
  return typeof value === 'number' ? Math.trunc(value) : undefined;
}

/** Least and most of a length or a count. */
export function bounds(
  schema: Schema,
  min: string,
  max: string,
  path: string,
): { least: number; most?: number } {
  const least = schema[min] ?? 0;
  const most = schema[max];
  for (const [word, value] of [
    [min, least],
    [max, most ?? 0],
  ] as const) {
    if (!Number.isInteger(value) || Number(value) < 0 || Number(value) > LONGEST_REPEAT)
      throw new SchemaUnsupportedError(
        `${path}/${word}`,
        `must be a whole number from 0 to ${LONGEST_REPEAT}.`,
      );
  }
  if (most !== undefined && Number(most) < Number(least))
    throw new SchemaUnsupportedError(`${path}/${max}`, `must not be less than ${min}.`);
  return most === undefined
    ? { least: Number(least) }
    : { least: Number(least), most: Number(most) };
}
