/** Readers of other people's JSON: what is not as expected is not there. */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectsIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Characters of a text that is believed: names and addresses are shorter. */
const LONGEST_TEXT = 8192;

export function textIn(value: unknown): string {
  return typeof value === 'string' && value.length <= LONGEST_TEXT ? value : '';
}

export function idIn(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : null;
}

/** A SHA-256 in lower-case hex; null for anything else. */
export function sha256In(value: unknown): string | null {
  const text = textIn(value).toLowerCase();
  return /^[0-9a-f]{64}$/.test(text) ? text : null;
}
