import { describe, expect, it } from 'vitest';
import { civitaiIdOf, repoFileOf } from './pull-source.js';

describe('repoFileOf', () => {
  it.each(['resolve', 'blob'])('reads an address with %s', (way) => {
    const address = `https://huggingface.co/some/repo/${way}/main/a%20b/x.safetensors?download=true`;
    expect(repoFileOf(address)).toEqual({
      repo_id: 'some/repo',
      revision: 'main',
      filename: 'a b/x.safetensors',
    });
  });

  it.each(['some/repo', 'https://huggingface.co/some/repo', ''])('does not read %j', (text) => {
    expect(repoFileOf(text)).toBeUndefined();
  });
});

describe('civitaiIdOf', () => {
  it.each([
    ['https://civitai.com/models/12/a-name', '12'],
    ['https://civitai.com/models/12?modelVersionId=34', '12:34'],
    [' 12:34 ', '12:34'],
  ])('reads %s as %s', (text, id) => expect(civitaiIdOf(text)).toBe(id));
});
