import { describe, expect, it } from 'vitest';
import { RateLimit } from './rate-limit.js';

describe('a rate limit', () => {
  it('lets each caller do so much in a window, and says when it goes on', () => {
    let now = 0;
    const limit = new RateLimit(2, 60_000, () => now);
    expect([limit.use('a'), limit.use('a')]).toEqual([0, 0]);
    now = 15_000;
    expect(limit.use('a')).toBe(45);
    expect(limit.use('b')).toBe(0);
    now = 60_000;
    expect(limit.use('a')).toBe(0);
  });

  it('does not remember more callers than it has room for', () => {
    let now = 0;
    const limit = new RateLimit(1, 60_000, () => now);
    for (let caller = 0; caller < 25_000; caller += 1) {
      now += 1;
      limit.use(`caller ${caller}`);
    }
    expect(limit['windows'].size).toBeLessThanOrEqual(10_000);
    expect(limit.use('caller 24999')).toBeGreaterThan(0);
  });
});
