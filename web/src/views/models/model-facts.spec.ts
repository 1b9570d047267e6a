import { describe, expect, it } from 'vitest';
import type { ModelDetails } from '../../api/generated/types.gen.js';
import { factsOf, parametersText, recommendedOf } from './model-facts.js';

const MODEL: ModelDetails = {
  id: '1',
  name: 'a.safetensors',
  path: 'checkpoints/a.safetensors',
  description: '',
  type: 'checkpoint',
  detected_type: 'checkpoint',
  architecture: null,
  format: 'safetensors',
  quantization: 'f16',
  parameters: null,
  size: 1536,
  size_category: 'small',
  modified: 1_763_700_000,
  loaded: false,
  sha256: null,
  hash_status: 'none',
  hash_progress: null,
  embedded: false,
  problem: null,
  recommended: {},
  files: {},
  load: null,
};

const named = (model: ModelDetails): Record<string, string> =>
  Object.fromEntries(factsOf(model).map(({ name, value }) => [name, value]));

describe('factsOf', () => {
  it('leaves out what is not known', () => {
    const names = factsOf(MODEL).map(({ name }) => name);
    expect(names).toEqual(['Type', 'Quantization', 'Format', 'Size', 'Changed', 'Path']);
  });

  it('says where folder and tensors disagree', () => {
    expect(named({ ...MODEL, type: 'lora', detected_type: 'vae' })['Type']).toBe(
      'LoRA by its folder, VAE by its tensors',
    );
  });

  it('says how it was loaded', () => {
    const load = {
      since: 1_763_700_000,
      memory_estimate: 2048,
      options: { vae_on_cpu: true, n_threads: 3 },
      components: { vae: 'soft.safetensors' },
    };
    expect(named({ ...MODEL, load })).toMatchObject({
      'In memory': 'about 2.0 KiB',
      'Loaded with': 'VAE: soft.safetensors, VAE on CPU, N threads: 3',
    });
  });
});

describe('parametersText', () => {
  it.each([
    [20_644_179, '20.6 million'],
    [3_469_028_819, '3.5 billion'],
    [512, '512'],
  ])('reads %d as %s', (parameters, text) => expect(parametersText(parameters)).toBe(text));
});

describe('recommendedOf', () => {
  it('is one line', () => {
    const recommended = { width: 128, height: 64, steps: 8, cfg_scale: 3, sampler: 'euler' };
    expect(recommendedOf({ recommended })).toBe('128 × 64, 8 steps, CFG 3, euler');
    expect(recommendedOf({ recommended: {} })).toBe('');
  });
});
