import type { Kind, Value, Values } from './parameters.js';

/** Longest value, and most of all of it, in characters, that is kept in the browser. */
const LONGEST_VALUE = 20_000;
const MOST_KEPT = 100_000;

interface Kept {
  kind: Kind;
  values: Values;
}

function isKept(value: Value): boolean {
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE && !text.includes('data:image/');
}

/** The form as a text to be kept: no pictures, and nothing that is too long. */
export function toKept({ kind, values }: Kept): string {
  const small = Object.entries(values).filter(([, value]) => isKept(value));
  const text = JSON.stringify({ kind, values: Object.fromEntries(small) });
  return text.length <= MOST_KEPT ? text : JSON.stringify({ kind, values: {} });
}

/** What was kept; undefined where it is not ours. */
export function fromKept(text: string | null): Kept | undefined {
  try {
    const { kind, values } = JSON.parse(text ?? '') as Partial<Kept>;
    if (typeof kind !== 'string' || typeof values !== 'object' || values === null) return undefined;
    return { kind, values };
  } catch {
    return undefined;
  }
}
