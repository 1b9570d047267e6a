import { describe, expect, it } from 'vitest';
import { bodyOf, loadOptions, optionLabel } from './load-form.js';

const PARAMETERS = {
  steps: { type: 'integer', description: '' },
  vae_on_cpu: { type: 'boolean', description: '', loading: true },
  n_threads: { type: 'integer', description: '', loading: true, kinds: ['text2img', 'upscale'] },
};

describe('loadOptions', () => {
  it('has what concerns loading', () => {
    const names = loadOptions(PARAMETERS, 'checkpoint').map(({ name }) => name);
    expect(names).toEqual(['vae_on_cpu', 'n_threads']);
  });

  it('has what means something to an upscaler', () => {
    const names = loadOptions(PARAMETERS, 'esrgan').map(({ name }) => name);
    expect(names).toEqual(['n_threads']);
  });
});

describe('bodyOf', () => {
  it('says what was chosen, and nothing of the rest', () => {
    const values = { vae: '', flash_attn: false, vae_on_cpu: true, n_threads: 0, rng: undefined };
    expect(bodyOf(values)).toEqual({ vae_on_cpu: true, n_threads: 0 });
  });
});

describe('optionLabel', () => {
  it.each([
    ['vae_on_cpu', 'VAE on CPU'],
    ['t5xxl_path', 'T5-XXL'],
    ['clip_l_path', 'CLIP-L'],
    ['control_net', 'ControlNet'],
    ['enable_mmap', 'Enable mmap'],
  ])('reads %s as %s', (name, label) => expect(optionLabel(name)).toBe(label));
});
