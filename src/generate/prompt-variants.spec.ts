import { describe, expect, it } from 'vitest';
import { promptVariants } from './prompt-variants.js';

describe('promptVariants', () => {
  it.each([
    ['a cat', ['a cat']],
    ['{red|blue} fox', ['red fox', 'blue fox']],
    ['{|red }fox', ['fox', 'red fox']],
    ['{dog|cat|{red|blue} fox}', ['dog', 'cat', 'red fox', 'blue fox']],
    ['{a|b} {c|d}', ['a c', 'a d', 'b c', 'b d']],
    ['{2$$a|b|c}', ['a, b', 'a, c', 'b, c']],
    ['{1$$a|b}', ['a', 'b']],
    ['{3$$a|b|c}!', ['a, b, c!']],
    ['{2$$a|{b|c}}', ['a, b', 'a, c']],
    ['{a|a}', ['a']],
    ['{only}', ['only']],
    ['', ['']],
  ])('%s', (prompt, variants) => {
    expect(promptVariants(prompt)).toEqual(variants);
  });

  it.each(['{a|b', 'a}', '{a|{b}', '{0$$a|b}', '{3$$a|b}', '{'.repeat(50) + '}'.repeat(50)])(
    'refuses %s',
    (prompt) => {
      expect(() => promptVariants(prompt)).toThrow(/brace|pick|too deep/);
    },
  );

  it('refuses more text than any prompt may have', () => {
    expect(() => promptVariants('{a}'.repeat(10_000))).toThrow('too long');
  });

  it.each([
    ['alternatives', `{${Array.from({ length: 201 }, (_, n) => n).join('|')}}`],
    ['combinations', '{a|b|c|d|e|f|g|h|i|j}'.repeat(30)],
    ['subsets of many', `{40$$w0|${Array.from({ length: 60 }, (_, n) => `w${n}`).join('|')}}`],
    ['choices', `{20$$${Array.from({ length: 99 }, (_, n) => n).join('|')}}`],
  ])('refuses too many %s at once', (_name, prompt) => {
    const started = performance.now();
    expect(() => promptVariants(prompt)).toThrow('more than 200 variants');
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('takes no longer for all of many than for one', () => {
    const words = Array.from({ length: 40 }, (_, n) => `w${n}`);
    const started = performance.now();
    expect(promptVariants(`{40$$${words.join('|')}}`)).toEqual([words.join(', ')]);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('expands what is nested once, however often it is picked', () => {
    const nested = (inner: string): string =>
      `{2$$${Array.from({ length: 20 }, () => inner).join('|')}}`;
    const started = performance.now();
    expect(promptVariants(nested(nested(nested('a'))))).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
