import { describe, expect, it } from 'vitest';
import { MODEL_TYPES, settleType, typeOfFolder, type ModelType } from './model-type.js';

describe('a folder', () => {
  it.each<[string, ModelType | undefined]>([
    ['checkpoints', 'checkpoint'],
    ['Stable-diffusion', 'checkpoint'],
    ['StableDiffusion', 'checkpoint'],
    ['diffusion_models', 'diffusion'],
    ['unet', 'diffusion'],
    ['VAE', 'vae'],
    ['vae_approx', 'taesd'],
    ['Lora', 'lora'],
    ['loras', 'lora'],
    ['ControlNet', 'controlnet'],
    ['embeddings', 'embedding'],
    ['ESRGAN', 'esrgan'],
    ['upscale_models', 'esrgan'],
    ['text_encoders', 'clip'],
    ['t5', 't5'],
    ['llm', 'llm'],
    ['portraits', undefined],
    ['__proto__', undefined],
  ])('named %s holds %s', (name, type) => {
    expect(typeOfFolder(name)).toBe(type);
  });
});

describe('the type that counts', () => {
  it.each<[ModelType | null, ModelType | null, ModelType]>([
    ['lora', 'checkpoint', 'lora'],
    ['lora', null, 'lora'],
    [null, 'vae', 'vae'],
    [null, null, 'checkpoint'],
    ['checkpoint', 'diffusion', 'diffusion'],
    ['checkpoint', 'lora', 'checkpoint'],
    ['clip', 't5', 't5'],
    ['clip', 'llm', 'llm'],
    ['clip', 'vae', 'clip'],
    ['vae', 'taesd', 'taesd'],
    ['esrgan', 'vae', 'esrgan'],
  ])('of a folder of %s with tensors of %s is %s', (folder, tensors, type) => {
    expect(settleType(folder, tensors)).toBe(type);
  });
});

describe('the types', () => {
  it('begin with the documented seven', () => {
    expect(MODEL_TYPES.slice(0, 7)).toEqual([
      'checkpoint',
      'vae',
      'lora',
      'controlnet',
      'embedding',
      'esrgan',
      'taesd',
    ]);
  });
});
