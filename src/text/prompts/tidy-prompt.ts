import { withoutTrailing } from '../../common/index.js';

/** Marks that models put around a prompt though they are told not to. */
const WRAPPED = [
  ['"', '"'],
  ['“', '”'],
  ["'", "'"],
  ['**', '**'],
] as const;

const FENCE = '```';

/** Characters in which an introduction must end. */
const INTRODUCTION_LENGTH = 100;

/** What models say before a prompt. */
const INTRODUCTION = /^(?:here(?:'s| is)|(?:(?:enhanced|improved|expanded|final|new) )?prompt$)/i;

function withoutIntroduction(text: string): string {
  const colon = text.slice(0, INTRODUCTION_LENGTH).indexOf(':');
  const before = colon < 0 ? '' : text.slice(0, colon).trimEnd();
  const isOne = !before.includes('\n') && INTRODUCTION.test(before);
  return isOne ? text.slice(colon + 1).trim() : text;
}

function withoutFence(text: string): string {
  if (!text.startsWith(FENCE) || !text.endsWith(FENCE) || text.length < 2 * FENCE.length)
    return text;
  const inside = text.slice(FENCE.length, -FENCE.length);
  return inside.replace(/^[a-z]*/i, '').trim();
}

function withoutMarks(text: string, open: string, close: string): string {
  if (!text.startsWith(open) || !text.endsWith(close)) return text;
  if (text.length < open.length + close.length) return text;
  const inside = text.slice(open.length, -close.length);
  return inside.includes(close.charAt(0)) ? text : inside.trim();
}

/** The prompt in what a language model answered: one line, without what stands around it. */
export function tidyPrompt(answer: string, limit: number): string {
  let text = withoutFence(withoutIntroduction(answer.trim()));
  for (const [open, close] of WRAPPED) text = withoutMarks(text, open, close);
  return cut(text.replaceAll(/\s+/g, ' '), limit);
}

/** At the end of a word, where there is one in reach. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const begin = text.slice(0, limit);
  const space = begin.lastIndexOf(' ');
  return withoutTrailing(space > limit / 2 ? begin.slice(0, space) : begin, ' ,;');
}
