import { describe, expect, it } from 'vitest';
import type { Model } from '../../../models/index.js';
import { editsByReference } from './by-reference.js';

describe('editsByReference', () => {
  it.each([
    ['flux', 'flux1-kontext-dev-Q4_K_S.gguf', true],
    ['flux', 'flux1-dev-Q4_K_S.gguf', false],
    ['flux2', 'flux2-dev.gguf', true],
    ['flux2-klein', 'klein-4b.gguf', true],
    ['qwen-image', 'Qwen-Image-Edit-2509.gguf', true],
    ['qwen-image', 'qwen-image-Q8_0.gguf', false],
    ['sdxl', 'kontext-edit.safetensors', false],
    [null, 'flux1-kontext.gguf', false],
  ])('knows of %s, "%s": %s', (architecture, name, expected) => {
    expect(editsByReference({ architecture, name } as Model)).toBe(expected);
  });
});
