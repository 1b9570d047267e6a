import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KEY_BYTES, seal, unseal } from './sealing.js';

const key = randomBytes(KEY_BYTES);

describe('seal', () => {
  it('gives back what was sealed, also nothing', () => {
    for (const text of ['sk-äöü-😀', ''])
      expect(unseal(key, 'text.api_key', seal(key, 'text.api_key', text))).toBe(text);
  });

  it('is never the same twice, and does not show the text', () => {
    const [one, other] = [seal(key, 'a', 'sk-secret'), seal(key, 'a', 'sk-secret')];
    expect(one).not.toBe(other);
    expect(Buffer.from(one, 'base64').toString('latin1')).not.toContain('secret');
  });

  it('gives nothing with another key, in another place, or after a change', () => {
    const sealed = seal(key, 'a', 'sk-secret');
    const changed = Buffer.from(sealed, 'base64');
    changed[changed.length - 1] = changed.at(-1)! ^ 1;
    expect(unseal(randomBytes(KEY_BYTES), 'a', sealed)).toBeUndefined();
    expect(unseal(key, 'b', sealed)).toBeUndefined();
    expect(unseal(key, 'a', changed.toString('base64'))).toBeUndefined();
    expect(unseal(key, 'a', 'c2hvcnQ=')).toBeUndefined();
  });
});
