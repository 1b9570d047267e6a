import { describe, expect, it } from 'vitest';
import type { Parameters } from '../create/parameters.js';
import { bodyOf, loadOptions } from './load-form.js';

const OPTION = {
  description: '',
  group: 'loading',
  required_for: [],
  kinds: ['text2img' as const],
};

const PARAMETERS: Parameters = {
  steps: { ...OPTION, type: 'integer' },
  vae_on_cpu: { ...OPTION, type: 'boolean', loading: true },
  n_threads: { ...OPTION, type: 'integer', loading: true, kinds: ['text2img', 'upscale'] },
  control_net: { ...OPTION, type: 'component', loading: true, kinds: ['controlnet'] },
};

const namesFor = (type: 'checkpoint' | 'esrgan'): string[] =>
  loadOptions(PARAMETERS, type).map(({ name }) => name);

describe('loadOptions', () => {
  it('has what concerns loading, and every part', () => {
    expect(namesFor('checkpoint')).toEqual(['vae_on_cpu', 'n_threads', 'control_net']);
  });

  it('has what means something to an upscaler', () => {
    expect(namesFor('esrgan')).toEqual(['n_threads']);
  });
});

describe('bodyOf', () => {
  it('says what was said, and nothing of the rest', () => {
    expect(bodyOf({ vae_path: '', vae_on_cpu: true, n_threads: 0 })).toEqual({
      vae_on_cpu: true,
      n_threads: 0,
    });
  });
});
