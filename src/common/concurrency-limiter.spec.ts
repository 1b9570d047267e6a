import { describe, expect, it } from 'vitest';
import { ConcurrencyLimiter, type ConcurrencyLimits } from './concurrency-limiter.js';

const LIMITS: ConcurrencyLimits = {
  work: 'test this',
  atOnce: 2,
  atOncePerCaller: 1,
  waitingPerCaller: 2,
  waiting: 3,
  retryAfterSeconds: 7,
};

/** Work that ends when it is told to, and notes when it begins. */
function workshop(limiter: ConcurrencyLimiter) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const submit = (caller: string, name: string, signal?: AbortSignal): Promise<string> =>
    limiter.run(
      caller,
      () =>
        new Promise<string>((resolve) => {
          begun.push(name);
          ends.set(name, () => resolve(name));
        }),
      signal,
    );
  const end = async (name: string, promise: Promise<string>): Promise<void> => {
    ends.get(name)?.();
    expect(await promise).toBe(name);
    await new Promise(setImmediate);
  };
  return { begun, submit, end };
}

describe('ConcurrencyLimiter', () => {
  it('bounds what runs for one caller and for all, and lets others pass a caller at its bound', async () => {
    const { begun, submit, end } = workshop(new ConcurrencyLimiter(LIMITS));
    const a1 = submit('a', 'a1');
    const a2 = submit('a', 'a2');
    const b1 = submit('b', 'b1');
    const c1 = submit('c', 'c1');
    await new Promise(setImmediate);
    expect(begun).toEqual(['a1', 'b1']);
    await end('b1', b1);
    expect(begun).toEqual(['a1', 'b1', 'c1']);
    await end('a1', a1);
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2']);
    await end('a2', a2);
    await end('c1', c1);
  });

  it('refuses with 429 what one caller has too much of, with 503 what all have too much of', async () => {
    const { submit, end, begun } = workshop(new ConcurrencyLimiter(LIMITS));
    const names = ['a1', 'a2', 'a3'];
    const work = names.map((name) => submit('a', name));
    await expect(submit('a', 'a4')).rejects.toMatchObject({
      status: 429,
      headers: { 'retry-after': '7' },
    });
    const b = [submit('b', 'b1'), submit('b', 'b2')];
    await expect(submit('c', 'c1')).rejects.toMatchObject({
      status: 503,
      headers: { 'retry-after': '7' },
    });
    for (const [index, name] of names.entries()) await end(name, work[index]!);
    await end('b1', b[0]!);
    await end('b2', b[1]!);
    expect(begun).toHaveLength(5);
  });

  it('does not begin what is aborted while it waits, and frees its place', async () => {
    const { submit, end, begun } = workshop(new ConcurrencyLimiter(LIMITS));
    const first = submit('a', 'first');
    const abort = new AbortController();
    const gone = submit('a', 'gone', abort.signal);
    const stays = submit('a', 'stays');
    abort.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    const fits = submit('a', 'fits');
    await end('first', first);
    await end('stays', stays);
    await end('fits', fits);
    expect(begun).toEqual(['first', 'stays', 'fits']);
  });

  it('frees the place of work that fails', async () => {
    const limiter = new ConcurrencyLimiter(LIMITS);
    await expect(limiter.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await limiter.run('a', async () => 'yes')).toBe('yes');
  });
});
