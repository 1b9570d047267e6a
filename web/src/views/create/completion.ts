/** Something that can be named in a prompt. */
export interface Addition {
  type: 'lora' | 'embedding';
  name: string;
  note: string;
}

/** What is being typed at the caret. */
export interface Token {
  start: number;
  end: number;
  query: string;
  /** Whether `<lora:` stands before it. */
  tag: boolean;
}

export interface Completed {
  text: string;
  caret: number;
}

/** Shortest word that is looked for. */
const SHORTEST = 2;
/** Most names that are shown. */
const MOST = 8;

const TAG = /<(?:l(?:o(?:r(?:a(?::([^<>:\n]*))?)?)?)?)?$/;
const INSIDE = /<[^<>\n]*$/;
const BETWEEN_WORDS = /[\s,()<>[\]{}|]/;

/** Where the word begins that ends with the text. */
function wordStart(text: string): number {
  let start = text.length;
  while (start > 0 && !BETWEEN_WORDS.test(text.charAt(start - 1))) start -= 1;
  return start;
}

/** What stands before the caret and may be the beginning of a name; undefined where nothing is. */
export function tokenAt(text: string, caret: number): Token | undefined {
  const before = text.slice(0, caret);
  const tag = TAG.exec(before);
  if (tag) return { start: tag.index, end: caret, query: tag[1] ?? '', tag: true };
  const start = wordStart(before);
  if (INSIDE.test(before) || caret - start < SHORTEST) return undefined;
  return { start, end: caret, query: before.slice(start), tag: false };
}

function rank(name: string, query: string): number {
  const at = name.toLowerCase().indexOf(query);
  return at === -1 ? Infinity : at;
}

/** The names that a token may become, best first. */
export function suggestions(additions: readonly Addition[], token: Token | undefined): Addition[] {
  if (!token) return [];
  const query = token.query.toLowerCase();
  return additions
    .filter(({ type }) => !token.tag || type === 'lora')
    .map((addition) => ({ addition, place: rank(addition.name, query) }))
    .filter(({ place }) => place < Infinity)
    .sort(
      (one, other) =>
        one.place - other.place || one.addition.name.localeCompare(other.addition.name),
    )
    .slice(0, MOST)
    .map(({ addition }) => addition);
}

/** The text with the name in the place of the token. */
export function complete(text: string, { start, end }: Token, addition: Addition): Completed {
  const inserted = addition.type === 'lora' ? `<lora:${addition.name}:0.8>` : addition.name;
  const rest = text.slice(end).replace(/^[^\s,<>]*>/, '');
  return { text: text.slice(0, start) + inserted + rest, caret: start + inserted.length };
}
