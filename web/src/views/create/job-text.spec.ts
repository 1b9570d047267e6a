import { describe, expect, it } from 'vitest';
import { progressText } from './job-text.js';

const RUNNING = {
  status: 'processing',
  position: null,
  current_step: 4,
  total_steps: 20,
  time_remaining: 12_000,
} as const;

describe('progressText', () => {
  it.each([
    [{ ...RUNNING, status: 'queued', position: 3 }, 'Waiting · number 3 in the queue'],
    [{ ...RUNNING, status: 'queued', position: 1 }, 'Waiting · next in the queue'],
    [RUNNING, 'Step 4 of 20 · 12 s left'],
    [{ ...RUNNING, phase: 'loading', time_remaining: null }, 'Loading the model'],
    [{ ...RUNNING, total_steps: 0, time_remaining: null }, 'Beginning'],
  ] as const)('%#: %s', (job, text) => {
    expect(progressText(job)).toBe(text);
  });
});
