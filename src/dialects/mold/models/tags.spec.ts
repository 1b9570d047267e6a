import { describe, expect, it } from 'vitest';
import type { Model } from '../../../models/index.js';
import { taggedNameOf } from './tags.js';

function modelOf(name: string, weightType: string | null, manifest: string | null = null): Model {
  return { name, weightType, manifest } as Model;
}

describe('taggedNameOf', () => {
  it.each([
    ['flux1-schnell-Q8_0.gguf', null, 'flux-schnell:q8'],
    ['flux1-dev-Q4_K_S.gguf', 'q4_k', 'flux-dev:q4'],
    ['z_image_turbo-iq4_nl.gguf', null, 'z_image_turbo:iq4'],
    ['sd3.5_large_fp8_e4m3fn.safetensors', null, 'sd3.5_large:fp8'],
    ['v1-5-pruned-emaonly.safetensors', 'f16', 'v1-5-pruned-emaonly:fp16'],
    ['Qwen-Image-BF16.gguf', null, 'qwen-image:bf16'],
    ['dreamshaper_8.safetensors', null, 'dreamshaper_8:latest'],
  ])('%s of %s is %s', (name, weightType, wanted) => {
    const { base, tag } = taggedNameOf(modelOf(name, weightType));
    expect(`${base}:${tag}`).toBe(wanted);
  });

  it('takes no ending off the name of a bundle', () => {
    const { base, tag } = taggedNameOf(modelOf('tiny.v2', 'f32', '/models/tiny/model.json'));
    expect(`${base}:${tag}`).toBe('tiny.v2:fp32');
  });
});
