import { describe, expect, it } from 'vitest';
import { bounded, boundedJson } from './bounded-json.js';

describe('bounded', () => {
  it('leaves alone what is short', () => {
    const value = { a: [1, null, true, 'x'], b: { c: {} } };
    expect(bounded(value, 100)).toEqual(value);
  });

  it('says what it left out', () => {
    const short = bounded(
      { names: Array.from({ length: 500 }, (_, index) => index), text: 'x'.repeat(5000) },
      4000,
    ) as { names: unknown[]; text: string };
    expect(short.names.at(-1)).toBe('… (400 more)');
    expect(short.text).toMatch(/^x{2000}… \(5000 characters\)$/);
  });

  it('keeps its bound whatever it is given', () => {
    let deep: object = { end: 'x'.repeat(1000) };
    for (let level = 0; level < 50; level += 1) deep = { deep, more: ['x'.repeat(300), deep] };
    const wide = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`key${i}`, 'y'.repeat(999)]),
    );
    const endless = 'z'.repeat(1_000_000);
    for (const value of [deep, wide, endless, [deep, wide, endless], undefined])
      for (const limit of [100, 2000, 20_000])
        expect(boundedJson(value, limit).length).toBeLessThanOrEqual(limit);
  });
});
