import { describe, expect, it } from 'vitest';
import { canMove, isFinal, JOB_STATES, statesBefore } from './job-state.js';

const ALLOWED = new Set([
  'queued>processing',
  'queued>failed',
  'queued>cancelled',
  'processing>completed',
  'processing>failed',
  'processing>cancelled',
  'processing>queued',
]);

const PAIRS = JOB_STATES.flatMap((from) => JOB_STATES.map((to) => [from, to] as const));

describe('the job state machine', () => {
  it.each(PAIRS)('%s -> %s is decided', (from, to) => {
    expect(canMove(from, to)).toBe(ALLOWED.has(`${from}>${to}`));
  });

  it('ends in completed, failed and cancelled', () => {
    expect(JOB_STATES.filter(isFinal)).toEqual(['completed', 'failed', 'cancelled']);
  });

  it('knows what may come before a state', () => {
    expect(statesBefore('cancelled')).toEqual(['queued', 'processing']);
    expect(statesBefore('queued')).toEqual(['processing']);
  });
});
