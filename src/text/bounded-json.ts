interface Bounds {
  /** Characters of a text. */
  text: number;
  /** Entries of a list or an object. */
  entries: number;
}

/** From generous to what always fits into a few thousand characters. */
const BOUNDS: readonly Bounds[] = [
  { text: 2000, entries: 100 },
  { text: 500, entries: 30 },
  { text: 200, entries: 12 },
  { text: 80, entries: 5 },
];

const DEPTH = 8;

function shortText(text: string, { text: limit }: Bounds): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit)}… (${text.length} characters)`;
}

function shorter(value: unknown, bounds: Bounds, depth: number): unknown {
  if (typeof value === 'string') return shortText(value, bounds);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH) return '…';
  if (Array.isArray(value)) {
    const kept = value.slice(0, bounds.entries).map((one) => shorter(one, bounds, depth + 1));
    const left = value.length - kept.length;
    return left > 0 ? [...kept, `… (${left} more)`] : kept;
  }
  const entries = Object.entries(value);
  const kept = entries
    .slice(0, bounds.entries)
    .map(([key, one]) => [shortText(key, bounds), shorter(one, bounds, depth + 1)] as const);
  const left = entries.length - kept.length;
  return Object.fromEntries(left > 0 ? [...kept, ['…', `${left} more`]] : kept);
}

/**
 * A value with its long texts, lists and objects cut, so that it takes at most `limit` characters as JSON;
 * where even that is too long, the beginning of its JSON. Language models read little, and what they are
 * given must not crowd out what they are told.
 */
export function bounded(value: unknown, limit: number): unknown {
  let text = '';
  for (const bounds of BOUNDS) {
    const short = shorter(value, bounds, 0);
    text = JSON.stringify(short) ?? 'null';
    if (text.length <= limit) return short;
  }
  return `${text.slice(0, Math.max(0, limit - 1))}…`;
}

/** The same as JSON. */
export function boundedJson(value: unknown, limit: number): string {
  const short = bounded(value, limit);
  return typeof short === 'string' ? short : (JSON.stringify(short) ?? 'null');
}
