import type { FieldProblem } from '../common/index.js';
import { ValidationError } from '../common/index.js';
import { OPTIONS } from '../generate/index.js';

/** A field of a request of this API, and what it is in the core. */
export interface Field {
  /** What people call it. */
  label: string;
  /** The core's option. */
  to?: string;
  /** Values with which it asks for nothing; null and an empty text never do. */
  idle?: readonly unknown[] | 'any';
  /** Why it cannot be asked for here, as the end of a sentence. */
  refused?: string;
  /** What it is, where there is no option of the core to tell. */
  type?: 'boolean' | 'number' | 'string' | 'array';
  /** What it does, where the option of the core does not say. */
  doc?: string;
  /** The document's default. */
  default?: unknown;
}

export type Fields = Readonly<Record<string, Field>>;

/** What was asked for, by the names of the core's options. */
export interface Translated {
  options: Record<string, unknown>;
  problems: FieldProblem[];
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** Characters of the longest number that anybody sends as a text. */
const LONGEST_NUMBER = 64;

function numberOf(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > LONGEST_NUMBER) return value;
  return NUMBER.test(value.trim()) ? Number(value) : value;
}

/** Numbers may come as texts: the original understands them, so there are clients that send them. */
function coerced(option: string, value: unknown): unknown {
  const type = OPTIONS[option]?.type;
  if (type === 'integer' || type === 'number' || type === 'seed') return numberOf(value);
  return type === 'numbers' && Array.isArray(value) ? value.map(numberOf) : value;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(numberOf(one)) === JSON.stringify(numberOf(other));
}

function asksNothing({ to, idle = [] }: Field, value: unknown): boolean {
  if (value === undefined || value === null || idle === 'any') return true;
  if (value === '') return to !== 'prompt' && to !== 'negative_prompt';
  return idle.some((one) => isSame(one, value));
}

/** Translates a request; the values are left to the core to check. @param path of the object within the body */
export function translate(fields: Fields, body: Record<string, unknown>, path = ''): Translated {
  const options: Record<string, unknown> = {};
  const problems: FieldProblem[] = [];
  for (const [name, value] of Object.entries(body)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const place = `${path}${name}`;
    if (!field) {
      const message = `There is no field "${place.slice(0, 100)}" here.`;
      problems.push({ field: place, message });
    } else if (asksNothing(field, value)) continue;
    else if (field.refused)
      problems.push({ field: place, message: `${place} cannot be used: ${field.refused}.` });
    else if (field.to) options[field.to] = coerced(field.to, value);
  }
  return { options, problems };
}

/** The fields of this API by the core's options. */
export function namesByOption(fields: Fields, path = ''): Record<string, string> {
  const named = Object.entries(fields).flatMap(([name, { to }]) =>
    to ? [[to, `${path}${name}`] as const] : [],
  );
  return Object.fromEntries(named);
}

function renamed({ field, message }: FieldProblem, names: Record<string, string>): FieldProblem {
  const name = names[field];
  if (name === undefined) return { field, message };
  const rest = message.startsWith(field) ? message.slice(field.length) : ` ${message}`;
  return { field: name, message: `${name}${rest}` };
}

/** Does the work; what the core finds wrong is told by the names of this API. */
export async function inOurWords<T>(
  names: Record<string, string>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    throw new ValidationError(error.problems.map((problem) => renamed(problem, names)));
  }
}

/** Whether it is an object as JSON has them. */
export function isObject(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
