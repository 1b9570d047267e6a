import { describe, expect, it } from 'vitest';
import { shapeProblem } from './json-shape.js';

const problem = (text: string): string | undefined => shapeProblem(Buffer.from(text));

describe('shapeProblem', () => {
  it.each([
    '{}',
    '{"a": [1, 2, {"b": "c"}]}',
    `"${'['.repeat(1000)}"`,
    JSON.stringify({ a: '"\\"[[[', b: '\\' }),
    '['.repeat(64),
    'no JSON',
    '"never closed',
  ])('has nothing against %.40s', (text) => {
    expect(problem(text)).toBeUndefined();
  });

  it.each([
    ['['.repeat(65), 'is nested deeper than 64 levels'],
    ['{"a":'.repeat(65), 'is nested deeper than 64 levels'],
    [
      `{${Array.from({ length: 10_001 }, (_, n) => `"${n}":1`).join(',')}}`,
      'has more than 10000 fields',
    ],
    [`[${'1,'.repeat(500_001)}1]`, 'has more than 500000 values'],
  ])('refuses %.20s…', (text, expected) => {
    expect(problem(text)).toBe(expected);
  });

  it.each(['[', '"', '\\', '"\\', ' ', '{"', ','])('looks at 31 MiB of %j in one pass', (part) => {
    const json = Buffer.alloc(31 * 1024 * 1024, part);
    const started = performance.now();
    shapeProblem(json);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
