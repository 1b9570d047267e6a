import { describe, expect, it } from 'vitest';
import { findAmong } from './find-among.js';
import type { Model } from './model.js';

function model(relativePath: string): Model {
  const name = relativePath.split('/').at(-1) ?? '';
  return { id: `id of ${relativePath}`, name, relativePath, type: 'lora' } as Model;
}

const MODELS = ['loras/old/a.gguf', 'loras/new/a.gguf', 'loras/b.gguf'].map(model);

const found = (wanted: string): string | undefined =>
  findAmong(MODELS, wanted, ['lora'], () => undefined)?.relativePath;

describe('a model', () => {
  it.each([
    ['a', 'loras/old/a.gguf'],
    ['loras/new/a.gguf', 'loras/new/a.gguf'],
    ['loras/new/a', 'loras/new/a.gguf'],
    ['new/a.gguf', 'loras/new/a.gguf'],
    ['new/a', 'loras/new/a.gguf'],
  ])('is found as %s', (wanted, path) => {
    expect(found(wanted)).toBe(path);
  });

  it.each(['ew/a', '/a.gguf', '/new/a', 'gguf', 'other/a', ''])('is not found as %j', (wanted) => {
    expect(found(wanted)).toBeUndefined();
  });
});
