import { describe, expect, it } from 'vitest';
import { isUnderWay, merged, type ShownJob } from './shown-jobs.js';

function job(id: string, facts: Partial<ShownJob> = {}): ShownJob {
  return { id, status: 'completed', queued_time: 100, ...facts } as ShownJob;
}

function ids(jobs: readonly ShownJob[]): string[] {
  return jobs.map(({ id }) => id);
}

describe('merged', () => {
  it('has each job once, newest first, as it was told last', () => {
    const known = [job('b', { queued_time: 200, status: 'processing' }), job('a')];
    const all = merged(known, [job('b', { queued_time: 200 }), job('c', { queued_time: 300 })]);
    expect(ids(all)).toEqual(['c', 'b', 'a']);
    expect(all[1]?.status).toBe('completed');
  });

  it('puts a new job of the same second first', () => {
    expect(ids(merged([job('b'), job('a')], [job('c')]))).toEqual(['c', 'b', 'a']);
  });

  it('keeps no more than can be looked at', () => {
    const many = Array.from({ length: 100 }, (_, at) => job(`${at}`, { queued_time: at }));
    expect(ids(merged([], many)).slice(0, 2)).toEqual(['99', '98']);
    expect(merged([], many)).toHaveLength(60);
  });
});

describe('isUnderWay', () => {
  it.each([
    ['queued', true],
    ['processing', true],
    ['failed', false],
  ] as const)('a job that is %s: %s', (status, underWay) => {
    expect(isUnderWay({ status })).toBe(underWay);
  });
});
