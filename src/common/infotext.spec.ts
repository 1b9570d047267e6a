import { describe, expect, it } from 'vitest';
import { infotextFields } from './infotext.js';

describe('infotextFields', () => {
  it.each([
    ['Steps: 20, Sampler: Euler a', { Steps: '20', Sampler: 'Euler a' }],
    ['Model: "a, b", Seed: 1', { Model: 'a, b', Seed: '1' }],
    ['Lora hashes: "x: 1, y: 2", Seed: 1', { 'Lora hashes': 'x: 1, y: 2', Seed: '1' }],
    ['A: "say \\"hi\\"", B: 2', { A: 'say "hi"', B: '2' }],
    ['A: "never closed, B: 2', { A: '"never closed', B: '2' }],
    ['Größe: 5, Hires upscale: 2', { Größe: '5', 'Hires upscale': '2' }],
    ['no field at all', {}],
    ['words, Steps: 20,', { Steps: '20' }],
    ['Steps:20', { Steps: '20' }],
    ['Version: v1.6.0-2-g4afaaf8a', { Version: 'v1.6.0-2-g4afaaf8a' }],
    ['', {}],
  ])('reads %j', (line, expected) => {
    const found = infotextFields(line).map(({ name, value }) => [name, value]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it.each([' ', ':', ',', '"', 'a: "', '\\', 'a', '\t:'])(
    'reads 64 KB of %j in one pass',
    (part) => {
      const started = performance.now();
      infotextFields(`Steps: 1${part.repeat(65_536 / part.length)}`);
      expect(performance.now() - started).toBeLessThan(1000);
    },
  );
});
