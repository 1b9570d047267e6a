import { describe, expect, it } from 'vitest';
import { isSuspect, stepBackMs } from './deferred-jobs.js';

describe('a job during which the server died', () => {
  it('is suspect from the third death on', () => {
    expect([0, 1, 2, 3, 4, 200].map(isSuspect)).toEqual([false, false, false, true, true, true]);
  });

  it('steps back twice as long with each further death, and ten minutes at most', () => {
    expect([3, 4, 5, 6, 9, 10, 200].map(stepBackMs)).toEqual([
      5000, 10_000, 20_000, 40_000, 320_000, 600_000, 600_000,
    ]);
  });
});
