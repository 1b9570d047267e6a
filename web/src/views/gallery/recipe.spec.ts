import { describe, expect, it } from 'vitest';
import type { JobDetails } from '../../api/generated/types.gen.js';
import type { Output } from './outputs.js';
import { hashesOf, linesOf, optionName, textOption } from './recipe.js';

const JOB = {
  kind: 'text2img',
  model: 'tiny-emoji',
  parameters: {
    options: {
      prompt: 'red apple',
      negative_prompt: '',
      seed: 7,
      width: 64,
      height: 64,
      batch_count: 4,
      steps: 20,
      cfg_scale: 6.5,
      hires_fix: false,
      loras: [{ name: 'ink', multiplier: 0.8, is_high_noise: false }],
      init_image: 'a'.repeat(64),
      skip_layers: [7, 8],
      embeddings: [],
    },
  },
} as unknown as JobDetails;

const OUTPUT = { filename: 'image_2.png', size: 2048, width: 64, height: 64, seed: 9 } as Output;

describe('the lines of a recipe', () => {
  it('have the seed of this picture, and every option that says something', () => {
    expect(linesOf(JOB, OUTPUT).map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Kind: From text',
      'Model: tiny-emoji',
      'Size: 64 × 64',
      'Seed: 9',
      'Steps: 20',
      'CFG scale: 6.5',
      'Hires fix: no',
      'LoRAs: ink × 0.8',
      'Init image: aaaaaaaaaa…',
      'Skip layers: 7, 8',
      'File: image_2.png, 2.0 KiB',
    ]);
  });

  it('stand a job without options', () => {
    const upscaled = { ...JOB, kind: 'upscale', model: null, parameters: {} };
    expect(linesOf(upscaled, OUTPUT).map(({ name }) => name)).toEqual([
      'Kind',
      'Size',
      'Seed',
      'File',
    ]);
    expect(textOption(upscaled, 'prompt')).toBe('');
  });
});

describe('optionName', () => {
  it('speaks of options as people do', () => {
    expect([optionName('sampling_method'), optionName('eta')]).toEqual(['Sampler', 'Eta']);
  });
});

describe('the hashes of a recipe', () => {
  it('name all files that it was made with', () => {
    const recipe = {
      model: { name: 'tiny', sha256: { model: 'aa', vae: 'bb' } },
      loras: [{ name: 'ink', sha256: 'cc' }],
      embeddings: [{ name: 'bad', sha256: 'dd' }],
      files: { upscale_model: 'ee' },
    };
    expect(hashesOf(recipe).map(({ name, value }) => `${name} ${value}`)).toEqual([
      'Model aa',
      'Vae bb',
      'Upscale model ee',
      'ink cc',
      'bad dd',
    ]);
    expect(hashesOf(null)).toEqual([]);
  });
});
