import { describe, expect, it } from 'vitest';
import { nameInHeader, recognise } from './recognise.js';

const HUBS = { civitai: 'https://civitai.com', huggingFace: 'https://mirror.test/hf' };

const recognised = (url: string) => recognise(new URL(url), HUBS);

describe('an address that people copy', () => {
  it.each([
    ['https://civitai.com/models/123', { hub: 'civitai', modelId: '123' }],
    ['https://civitai.com/models/123/a-name?x=y', { hub: 'civitai', modelId: '123' }],
    [
      'https://civitai.com/models/123/a-name?modelVersionId=456',
      { hub: 'civitai', modelId: '123', versionId: '456' },
    ],
    ['https://civitai.com/api/download/models/456', { hub: 'civitai', versionId: '456' }],
    [
      'https://mirror.test/hf/owner/repo/resolve/main/vae/a%20b.safetensors?download=true',
      {
        hub: 'huggingface',
        repoId: 'owner/repo',
        revision: 'main',
        filename: 'vae/a b.safetensors',
      },
    ],
    [
      'https://mirror.test/hf/owner/repo/blob/refs%2Fpr%2F1/a.gguf',
      { hub: 'huggingface', repoId: 'owner/repo', revision: 'refs/pr/1', filename: 'a.gguf' },
    ],
  ])('%s is understood', (url, meant) => {
    expect(recognised(url)).toEqual(meant);
  });

  it.each([
    'https://civitai.com/api/download/models/456?type=VAE&token=secret',
    'https://civitai.com.evil.test/models/123',
    'http://civitai.com/models/123',
    'https://civitai.com/modelsx/123',
    'https://civitai.com/images/123',
    'https://mirror.test/owner/repo/resolve/main/a.gguf',
    'https://mirror.test/hfx/owner/repo/resolve/main/a.gguf',
    'https://mirror.test/hf/owner/repo/resolve/main/%ff.gguf',
    'https://mirror.test/hf/owner/repo/tree/main',
  ])('%s is taken as it is', (url) => {
    expect(recognised(url)).toBeUndefined();
  });
});

describe('the name in a header', () => {
  it.each([
    ['attachment; filename="a b.gguf"', 'a b.gguf'],
    ['attachment; filename=a.gguf', 'a.gguf'],
    ['attachment; filename="a\\"b.gguf"', 'a"b.gguf'],
    [`attachment; filename="old.gguf"; filename*=UTF-8''%C3%BC.gguf`, 'ü.gguf'],
    [`attachment; filename="old.gguf"; filename*=UTF-8''%ff`, 'old.gguf'],
    ['inline', undefined],
    [undefined, undefined],
  ])('%s', (header, name) => {
    expect(nameInHeader(header)).toBe(name);
  });
});
