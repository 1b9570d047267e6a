import { InvalidParametersError } from '../common/index.js';

/** Most variants of one prompt. */
export const MOST_VARIANTS = 200;

/** Longer than any prompt may be, in characters. */
const LONGEST = 20_000;

/** Most alternatives within one pair of braces; each is a variant, unless so many are picked. */
const MOST_ALTERNATIVES = 1000;

/** How deep braces may be in one another. */
const DEEPEST = 10;

/** `2$$` at the beginning of braces: pick so many. */
const PICK = /^\s*(\d{1,3})\$\$/;

class TooMany extends InvalidParametersError {
  constructor() {
    super(`The prompt has more than ${MOST_VARIANTS} variants.`);
  }
}

function bounded(variants: string[]): string[] {
  const distinct = [...new Set(variants)];
  if (distinct.length > MOST_VARIANTS) throw new TooMany();
  return distinct;
}

/** Every text with every other one behind it. */
function joined(heads: string[], tails: string[]): string[] {
  if (heads.length * tails.length > MOST_VARIANTS * MOST_VARIANTS) throw new TooMany();
  return bounded(heads.flatMap((head) => tails.map((tail) => head + tail)));
}

/** Where the braces end that begin here. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth > DEEPEST) throw new InvalidParametersError('The braces of the prompt go too deep.');
    if (depth === 0) return at;
  }
  throw new InvalidParametersError('The prompt has a brace that is not closed.');
}

/** The alternatives within braces, those of inner braces left whole. */
function alternatives(text: string): string[] {
  const found = [''];
  let depth = 0;
  for (const sign of text) {
    if (sign === '{') depth += 1;
    if (sign === '}') depth -= 1;
    if (sign === '|' && depth === 0) found.push('');
    else found[found.length - 1] += sign;
  }
  return found;
}

/**
 * Every choice of so many, in their order; none that cannot be filled is begun, so that each step leads to a
 * choice. @throws TooMany before the first one more than there may be is made
 */
function picks<Choice>(choices: readonly Choice[], count: number): Choice[][] {
  const found: Choice[][] = [];
  const chosen: Choice[] = [];
  const choose = (from: number): void => {
    if (chosen.length === count) {
      if (found.length >= MOST_VARIANTS) throw new TooMany();
      found.push([...chosen]);
      return;
    }
    const last = choices.length - (count - chosen.length);
    for (let index = from; index <= last; index += 1) {
      chosen.push(choices[index] as Choice);
      choose(index + 1);
      chosen.pop();
    }
  };
  choose(0);
  return found;
}

function expandBraces(inside: string): string[] {
  const [pick = '', digits] = PICK.exec(inside) ?? [];
  const choices = alternatives(inside.slice(pick.length));
  if (choices.length > MOST_ALTERNATIVES) throw new TooMany();
  if (digits === undefined) return bounded(choices.flatMap(expand));
  const count = Number(digits);
  if (count < 1 || count > choices.length) {
    throw new InvalidParametersError(
      `The prompt picks ${count} of ${choices.length} alternatives: from 1 to as many as there are can be picked.`,
    );
  }
  // Expanded once each, however many choices they are part of.
  const rows = picks(choices.map(expand), count).map((chosen) =>
    chosen.reduce((heads, tails) =>
      joined(
        heads,
        tails.map((tail) => `, ${tail}`),
      ),
    ),
  );
  return bounded(rows.flat());
}

function expand(text: string): string[] {
  const start = text.indexOf('{');
  const head = start < 0 ? text : text.slice(0, start);
  if (head.includes('}')) {
    throw new InvalidParametersError('The prompt closes a brace that was not opened.');
  }
  if (start < 0) return [text];
  const end = endOf(text, start);
  const variants = expandBraces(text.slice(start + 1, end));
  return joined(joined([head], variants), expand(text.slice(end + 1)));
}

/**
 * Every variant of a prompt, in the order in which they are written: `{red|blue} fox` makes two,
 * `{2$$red|blue|green}` every pair, with a comma between. A prompt without braces has one.
 * @throws InvalidParametersError for braces that do not match, and for too many variants
 */
export function promptVariants(prompt: string): string[] {
  if (prompt.length > LONGEST)
    throw new InvalidParametersError('The prompt is too long to be expanded.');
  return expand(prompt);
}
