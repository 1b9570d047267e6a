import { describe, expect, it } from 'vitest';
import { FileTurns } from './file-turns.js';

const never = new AbortController().signal;

describe('turns', () => {
  it('come one after the other for one path, and at once for others', async () => {
    const turns = new FileTurns();
    const order: string[] = [];
    const first = Promise.withResolvers<void>();
    const a = turns.take('/a', never, async () => {
      await first.promise;
      order.push('first');
      throw new Error('fails');
    });
    const b = turns.take('/a', never, async () => void order.push('second'));
    await turns.take('/b', never, async () => void order.push('other'));
    first.resolve();
    await expect(a).rejects.toThrow('fails');
    await b;
    expect(order).toEqual(['other', 'first', 'second']);
  });

  it('are left at once by who is aborted, and those behind still wait for the first', async () => {
    const turns = new FileTurns();
    const first = Promise.withResolvers<void>();
    const order: string[] = [];
    const a = turns.take('/a', never, () => first.promise.then(() => void order.push('a')));
    const gone = new AbortController();
    const b = turns.take('/a', gone.signal, async () => void order.push('b'));
    const c = turns.take('/a', never, async () => void order.push('c'));
    gone.abort(new Error('gone'));
    await expect(b).rejects.toThrow('gone');
    expect(order).toEqual([]);
    first.resolve();
    await Promise.all([a, c]);
    expect(order).toEqual(['a', 'c']);
  });
});
