import { describe, expect, it } from 'vitest';
import { readLoraTags } from './lora-tags.js';

describe('readLoraTags', () => {
  it.each([
    ['a cat', 'a cat', []],
    ['a cat<lora:ink:0.8>', 'a cat', [{ name: 'ink', multiplier: 0.8, is_high_noise: false }]],
    ['<lora:ink> cat', ' cat', [{ name: 'ink', multiplier: 1, is_high_noise: false }]],
    ['x<lora:a/b:-.5>', 'x', [{ name: 'a/b', multiplier: -0.5, is_high_noise: false }]],
    ['<lora:|high_noise|w:2>', '', [{ name: 'w', multiplier: 2, is_high_noise: true }]],
    ['<lora:broken', '<lora:broken', []],
    ['<lora:x:heavy>', '<lora:x:heavy>', []],
  ])('reads %j', (written, prompt, loras) => {
    expect(readLoraTags(written)).toEqual({ prompt, loras });
  });
});
