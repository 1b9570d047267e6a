import { describe, expect, it } from 'vitest';
import type { Parameters } from './parameters.js';
import { bodyOf, submissionKey, withoutPictures } from './request.js';

const facts = { description: '', group: 'basic', required_for: [] };
const PARAMETERS: Parameters = {
  prompt: { ...facts, type: 'text', kinds: ['text2img', 'upscale'] },
  steps: { ...facts, type: 'integer', kinds: ['text2img'], default: 20 },
};

describe('bodyOf', () => {
  it('has what was said, and nothing that was left alone or that the kind does not take', () => {
    const values = { prompt: 'apple', steps: 4, unknown: 1, negative_prompt: '' };
    expect(bodyOf(PARAMETERS, 'text2img', values)).toEqual({ prompt: 'apple', steps: 4 });
    expect(bodyOf(PARAMETERS, 'upscale', values)).toEqual({ prompt: 'apple' });
    expect(bodyOf(PARAMETERS, 'text2img', {})).toEqual({});
  });
});

describe('withoutPictures', () => {
  it('leaves the bytes of pictures out, and the names of others in', () => {
    const body = {
      init_image: 'data:image/png;base64,AAAA',
      mask_image: 'job:1/a.png',
      ref_images: ['data:image/png;base64,AAAA'],
      steps: 4,
    };
    expect(withoutPictures(body)).toEqual({
      init_image: 'a picture',
      mask_image: 'job:1/a.png',
      ref_images: ['a picture'],
      steps: 4,
    });
  });
});

describe('submissionKey', () => {
  it('is another one each time', () => {
    expect(submissionKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(submissionKey()).not.toBe(submissionKey());
  });
});
