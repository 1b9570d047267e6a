import { describe, expect, it } from 'vitest';
import { differencesOf, type Made } from './compare.js';

function made(seed: number, options: Record<string, unknown>): Made {
  const parameters = { options: { prompt: 'red apple', steps: 20, ...options } };
  return {
    job: { kind: 'text2img', model: 'tiny', prompt: 'red apple', parameters },
    output: { filename: `image_${seed}.png`, size: seed, width: 64, height: 64, seed },
  } as unknown as Made;
}

describe('the differences of two pictures', () => {
  it('are none where they were made alike', () => {
    expect(differencesOf(made(7, {}), made(7, {}))).toEqual([]);
  });

  it('are told from either side', () => {
    const one = made(7, { negative_prompt: 'worms', clip_skip: 2 });
    const other = made(8, { prompt: 'green apple', steps: 30, eta: 0.5 });
    expect(differencesOf(one, other)).toEqual([
      { name: 'Prompt', first: 'red apple', second: 'green apple' },
      { name: 'Negative prompt', first: 'worms', second: '' },
      { name: 'Seed', first: '7', second: '8' },
      { name: 'Steps', first: '20', second: '30' },
      { name: 'Clip skip', first: '2', second: '' },
      { name: 'Eta', first: '', second: '0.5' },
    ]);
  });
});
