import { describe, expect, it } from 'vitest';
import { createApiKey, hashApiKey, looksLikeApiKey, matchesApiKey, prefixOf } from './api-key.js';

describe('createApiKey', () => {
  it('makes keys that are known by their beginning, each with 256 bits of its own', () => {
    const made = Array.from({ length: 100 }, createApiKey);
    for (const { key, prefix, hash } of made) {
      expect(key).toMatch(/^atk_[a-z\d]{10}_[\w-]{43}$/);
      expect(prefix).toBe(key.slice(0, 14));
      expect(prefixOf(key)).toBe(prefix);
      expect(looksLikeApiKey(key)).toBe(true);
      expect(hash).toBe(hashApiKey(key));
    }
    expect(new Set(made.map(({ prefix }) => prefix)).size).toBe(100);
    expect(new Set(made.map(({ key }) => key.slice(15))).size).toBe(100);
  });

  it('keeps nothing of the secret in what is stored', () => {
    const { key, prefix, hash } = createApiKey();
    expect(`${prefix} ${hash}`).not.toContain(key.slice(15));
  });
});

describe('prefixOf', () => {
  it.each(['', 'atk_', 'atk_abcdefghij', 'atk_abcdefghij_short', 'eyJh.b.c'])(
    'finds none in %j',
    (text) => {
      expect(prefixOf(text)).toBeUndefined();
    },
  );
});

describe('matchesApiKey', () => {
  it('knows the right key from every other', () => {
    const { key, hash } = createApiKey();
    const last = key.at(-1) === 'A' ? 'B' : 'A';
    expect(matchesApiKey(hash, key)).toBe(true);
    expect(matchesApiKey(hash, `${key.slice(0, -1)}${last}`)).toBe(false);
    expect(matchesApiKey(hash, '')).toBe(false);
    expect(matchesApiKey(undefined, key)).toBe(false);
  });
});
