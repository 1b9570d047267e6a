import { describe, expect, it } from 'vitest';
import { parseInfotext } from './parse-infotext.js';

describe('parseInfotext', () => {
  it('reads prompts of several lines, and quoted values', () => {
    const text =
      'a cat,\non a mat\nNegative prompt: dog,\nbird\nSteps: 20, Sampler: Euler a, Size: 64x32, Model: "a, b"';
    expect(parseInfotext(text)).toEqual({
      Prompt: 'a cat,\non a mat',
      'Negative prompt': 'dog,\nbird',
      Steps: '20',
      Sampler: 'Euler a',
      Size: '64x32',
      Model: 'a, b',
    });
  });

  it('finds nothing in another text', () => {
    expect(parseInfotext('Made with love')).toEqual({});
    expect(parseInfotext('')).toEqual({});
  });
});
