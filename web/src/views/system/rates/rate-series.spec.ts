import { describe, expect, it } from 'vitest';
import { busyPoints, ENDED, OPEN, stackedData, stateData, summaryOf } from './rate-series.js';

const QUIET = { completed: 0, failed: 0, cancelled: 0, waiting: 0, running: 0 };
const POINTS = [
  { ...QUIET, time: 0, completed: 2, waiting: 3 },
  { ...QUIET, time: 60 },
  { ...QUIET, time: 120, completed: 1, failed: 1, waiting: 1, running: 1 },
];

describe('the rates', () => {
  it('are states at the end of their slots', () => {
    expect(stateData(POINTS, OPEN, 60)).toEqual([
      [60, 120, 180],
      [3, 0, 1],
      [0, 0, 1],
    ]);
  });

  it('are amounts that stand on one another, the highest first', () => {
    expect(stackedData(POINTS, ENDED)).toEqual([
      [0, 60, 120],
      [2, 0, 2],
      [2, 0, 2],
      [2, 0, 1],
    ]);
  });

  it('are lines of a table where there was something', () => {
    expect(busyPoints(POINTS, ENDED).map(({ time }) => time)).toEqual([120, 0]);
  });

  it('are told in a sentence', () => {
    expect(summaryOf(POINTS, ENDED, true)).toBe('done 3; failed 1; cancelled 0');
    expect(summaryOf(POINTS, OPEN, false)).toBe(
      'waiting now 1, at most 3; running now 1, at most 1',
    );
    expect(summaryOf([], OPEN, false)).toBe('waiting now 0, at most 0; running now 0, at most 0');
  });
});
