import { describe, expect, it } from 'vitest';
import { ConcurrencyLimiter } from './concurrency-limiter.js';

function controlled() {
  const limiter = new ConcurrencyLimiter({ running: 2, waiting: 2 }, () => new Error('full'));
  const ends: (() => void)[] = [];
  const started: string[] = [];
  const run = (name: string, isPreferred?: boolean): Promise<void> =>
    limiter.run(() => {
      started.push(name);
      return new Promise<void>((resolve) => void ends.push(resolve));
    }, isPreferred);
  /** Ends the task that began first of those that run, and lets the next one begin. */
  const endOne = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  return { limiter, run, started, endOne };
}

describe('ConcurrencyLimiter', () => {
  it('runs no more tasks at a time than its limit, in their order', async () => {
    const { run, started, endOne } = controlled();
    const all = ['a', 'b', 'c', 'd'].map((name) => run(name));
    await new Promise(setImmediate);
    expect(started).toEqual(['a', 'b']);
    await endOne();
    expect(started).toEqual(['a', 'b', 'c']);
    for (let rest = 0; rest < 3; rest += 1) await endOne();
    await Promise.all(all);
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('refuses a task when the queue is full, and takes preferred ones beside it, first', async () => {
    const { run, started, endOne } = controlled();
    const all = ['a', 'b', 'c', 'd'].map((name) => run(name));
    await expect(run('e')).rejects.toThrow('full');
    all.push(run('p', true));
    await endOne();
    expect(started).toEqual(['a', 'b', 'p']);
    for (let rest = 0; rest < 4; rest += 1) await endOne();
    await Promise.all(all);
  });

  it('goes on after a task that failed', async () => {
    const { limiter } = controlled();
    const fail = (): Promise<void> => Promise.reject(new Error('broken'));
    for (let count = 0; count < 5; count += 1)
      await expect(limiter.run(fail)).rejects.toThrow('broken');
    await expect(limiter.run(() => Promise.resolve(1))).resolves.toBe(1);
  });
});
