import { describe, expect, it } from 'vitest';
import { withoutPaths } from './without-paths.js';

describe('withoutPaths', () => {
  it.each([
    ["ENOENT: no such file, open '/srv/models/a.gguf'", "ENOENT: no such file, open 'a.gguf'"],
    ['failed to load /srv/models/sd/a.safetensors: torn', 'failed to load a.safetensors: torn'],
    ['file=/srv/models/a.gguf (4 tensors)', 'file=a.gguf (4 tensors)'],
    ['cannot open `/srv/My Models/a.gguf`', 'cannot open `My Models/a.gguf`'],
    ['https://example.org/a/b answered 404', 'https://example.org/a/b answered 404'],
    ['256/512 tensors, and/or none', '256/512 tensors, and/or none'],
  ])('shortens %j', (message, expected) => {
    expect(withoutPaths(message)).toBe(expected);
  });
});
