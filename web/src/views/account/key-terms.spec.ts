import { describe, expect, it } from 'vitest';
import { endOf, expiryAfter, stateOf, tryLine } from './key-terms.js';

const NOW = 1_763_700_000_000;
const SECONDS = NOW / 1000;

describe('expiryAfter', () => {
  it('counts days from now, in Unix seconds', () => {
    expect(expiryAfter('7', NOW + 400)).toBe(SECONDS + 604_800);
  });

  it('is never for the empty lifetime', () => {
    expect(expiryAfter('', NOW)).toBeNull();
  });
});

describe('the state of a key', () => {
  it.each([
    ['active', 'does not expire', { expires_at: null, revoked_at: null }],
    ['active', 'until', { expires_at: SECONDS + 1, revoked_at: null }],
    ['expired', 'expired', { expires_at: SECONDS, revoked_at: null }],
    ['revoked', 'revoked 3 days ago', { expires_at: SECONDS, revoked_at: SECONDS - 3 * 86_400 }],
  ] as const)('is %s: %s', (state, words, key) => {
    expect(stateOf(key, NOW)).toBe(state);
    expect(endOf(key, NOW)).toContain(words);
  });
});

describe('tryLine', () => {
  it.each([
    [['account:read', 'job:read'], '/api/auth/me'],
    [['job:read'], '/api/queue/status'],
    [['model:read'], '/api/status'],
  ])('asks something that a key with %j may ask', (scopes, path) => {
    expect(tryLine('http://localhost:8080', 'atk_x', scopes)).toBe(
      `curl -H "X-API-Key: atk_x" http://localhost:8080${path}`,
    );
  });
});
