import { describe, expect, it } from 'vitest';
import { complete, suggestions, tokenAt, type Addition } from './completion.js';

const INK: Addition = { type: 'lora', name: 'ink-wash', note: 'LoRA' };
const HANDS: Addition = { type: 'embedding', name: 'bad-hands', note: 'Embedding' };
const ALL = [HANDS, INK];

describe('tokenAt', () => {
  it.each([
    ['a cat, in', 9, 'in', false],
    ['a <lora:in', 10, 'in', true],
    ['a <', 3, '', true],
    ['<lo', 3, '', true],
  ])('in %j at %i finds %j', (text, caret, query, tag) => {
    expect(tokenAt(text, caret)).toMatchObject({ query, tag });
  });

  it.each(['', 'a cat, ', 'a', '<lora:ink:0.8>', '<lora:ink:0.'])(
    'finds nothing at the end of %j',
    (text) => {
      expect(tokenAt(text, text.length)).toBeUndefined();
    },
  );
});

describe('suggestions', () => {
  it('finds names by a part of them', () => {
    expect(suggestions(ALL, tokenAt('wash', 4))).toEqual([INK]);
    expect(suggestions(ALL, tokenAt('HAND', 4))).toEqual([HANDS]);
  });

  it('has LoRAs alone within a tag, and those that begin like it first', () => {
    const other: Addition = { type: 'lora', name: 'a-ink', note: '' };
    expect(suggestions([other, INK, HANDS], tokenAt('<lora:ink', 9))).toEqual([INK, other]);
    expect(suggestions(ALL, tokenAt('<lora:', 6))).toEqual([INK]);
  });
});

describe('complete', () => {
  it('puts the tag of a LoRA where its name was begun, and the caret behind it', () => {
    const text = 'a cat, in, blue';
    expect(complete(text, tokenAt(text, 9)!, INK)).toEqual({
      text: 'a cat, <lora:ink-wash:0.8>, blue',
      caret: 26,
    });
  });

  it('puts no second end to a tag that has one', () => {
    const text = '<lora:in> cat';
    expect(complete(text, tokenAt(text, 8)!, INK).text).toBe('<lora:ink-wash:0.8> cat');
  });

  it('leaves an embedding as a word', () => {
    expect(complete('han', tokenAt('han', 3)!, HANDS).text).toBe('bad-hands');
  });
});
