import { describe, expect, it } from 'vitest';
import { sum, tallyOf, verdict } from './verdict.mjs';

const report = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};

describe('tallyOf', () => {
  it('counts what passed and what was skipped', () => {
    expect(tallyOf({ ...report, numPendingTests: 1, numTodoTests: 1 }, 0)).toEqual({
      passed: 3,
      failed: 0,
      skipped: 2,
    });
  });

  it('counts a file that cannot be loaded as one failure', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
    ];
    expect(tallyOf({ ...report, numFailedTests: 1, testResults }, 1).failed).toBe(2);
  });

  it.each([
    ['left no report', undefined, 0],
    ['ended badly with no failure in its report', report, 1],
    ['was ended by a signal', report, null],
    ['ran no test', { ...report, numPassedTests: 0 }, 0],
  ])('counts a run that %s as a failure', (_, given, status) => {
    expect(tallyOf(given, status).failed).toBe(1);
  });
});

describe('verdict', () => {
  it('names skipped tests only when there are some', () => {
    const one = { passed: 1, failed: 2, skipped: 0 };
    expect(verdict(one)).toBe('1 passed, 2 failed');
    expect(verdict(sum([one, { passed: 4, failed: 0, skipped: 3 }]))).toBe(
      '5 passed, 2 failed, 3 skipped',
    );
  });
});
