import { describe, expect, it } from 'vitest';
import { JobWatch } from './job-watch.js';

function watchAt(): { watch: JobWatch; pass(ms: number): void } {
  let now = 1000;
  const watch = new JobWatch(() => now);
  return { watch, pass: (ms) => (now += ms) };
}

describe('JobWatch', () => {
  it('knows nothing but the time before the first step', () => {
    const { watch, pass } = watchAt();
    pass(250);
    watch.apply({ phase: 'loading', totalSteps: 20 });
    expect(watch.view()).toEqual({
      phase: 'loading',
      progress: 0,
      current_step: 0,
      total_steps: 20,
      time_elapsed: 250,
      time_remaining: null,
      speed: null,
    });
  });

  it('measures the speed from the first step on, which holds the loading before it', () => {
    const { watch, pass } = watchAt();
    pass(10_000);
    watch.apply({ phase: 'sampling', step: 1, totalSteps: 20 });
    expect(watch.view()).toMatchObject({ speed: null, time_remaining: null });
    pass(4500);
    watch.apply({ step: 10 });
    expect(watch.view()).toMatchObject({
      progress: 0.5,
      speed: 2,
      time_remaining: 5000,
      time_elapsed: 14_500,
    });
  });

  it('keeps the latest picture in the making, with its step', () => {
    const { watch } = watchAt();
    const jpeg = (byte: number): Uint8Array => Uint8Array.of(byte);
    expect(watch.preview).toBeUndefined();
    watch.apply({ step: 1, preview: { jpeg: jpeg(1), width: 8, height: 4 } });
    watch.apply({ step: 2, preview: { jpeg: jpeg(2), width: 8, height: 4 } });
    watch.apply({ step: 3 });
    expect(watch.preview).toEqual({ jpeg: jpeg(2), width: 8, height: 4, step: 2 });
  });

  it('keeps what a report leaves out', () => {
    const { watch } = watchAt();
    watch.apply({ phase: 'sampling', step: 3, totalSteps: 4 });
    watch.apply({ phase: 'decoding' });
    expect(watch.view()).toMatchObject({ phase: 'decoding', current_step: 3, total_steps: 4 });
  });
});
