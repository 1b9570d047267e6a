import { describe, expect, it } from 'vitest';
import { isLooking } from './scroll-pace.js';

describe('isLooking', () => {
  it.each([
    [30, 16, true],
    [-30, 16, true],
    [120, 16, false],
    [-5000, 16, false],
    [0, 0, true],
    [900, 0, false],
  ])('scrolled %d pixels in %d ms: %s', (pixels, milliseconds, looking) => {
    expect(isLooking(pixels, milliseconds, 800)).toBe(looking);
  });
});
