import { describe, expect, it } from 'vitest';
import { LEAST_COST, shareOf, virtualTime } from './fair-share.js';

interface Waiting {
  user: string;
  cost: number;
  start: number;
  sequence: number;
}

/** A queue that does what the real one does, without its table. */
class Model {
  readonly done: Waiting[] = [];
  private readonly waiting: Waiting[] = [];
  private readonly finishes = new Map<string, number>();
  private current: Waiting | undefined;
  private sequence = 0;

  submit(user: string, cost: number): void {
    const finished = this.finishes.size > 0 ? Math.max(...this.finishes.values()) : null;
    const queued =
      this.waiting.length > 0 ? Math.min(...this.waiting.map((job) => job.start)) : null;
    const now = virtualTime({ processing: this.current?.start ?? null, queued, finished });
    const { start, finish } = shareOf(now, this.finishes.get(user) ?? 0, cost);
    this.finishes.set(user, finish);
    this.waiting.push({ user, cost, start, sequence: this.sequence++ });
  }

  /** Takes the next job into work, and ends the one before. */
  next(): Waiting | undefined {
    this.waiting.sort((a, b) => a.start - b.start || a.sequence - b.sequence);
    this.current = this.waiting.shift();
    if (this.current) this.done.push(this.current);
    return this.current;
  }

  drain(): string[] {
    while (this.next()) continue;
    return this.done.map(({ user }) => user);
  }
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('the order of work', () => {
  it('is plain with one user, whatever the costs', () => {
    const model = new Model();
    for (const cost of [50, 1, 30, 2, 0]) model.submit('anna', cost);
    model.drain();
    expect(model.done.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4]);
  });

  it('does not let one wait behind the thousand pictures of another', () => {
    const model = new Model();
    for (let count = 0; count < 1000; count += 1) model.submit('anna', 10);
    model.next();
    model.submit('bert', 10);
    model.drain();
    expect(model.done.findIndex(({ user }) => user === 'bert')).toBe(1);
  });

  it('takes turns by cost, not by number', () => {
    const model = new Model();
    model.submit('opening', 1);
    model.next();
    for (let count = 0; count < 4; count += 1) model.submit('large', 40);
    for (let count = 0; count < 40; count += 1) model.submit('small', 4);
    const half = model.drain().slice(1, 23);
    expect(half.filter((user) => user === 'large')).toHaveLength(2);
    expect(half.filter((user) => user === 'small')).toHaveLength(20);
  });

  it('gives no credit for having been away', () => {
    const model = new Model();
    model.submit('away', 1);
    for (let count = 0; count < 20; count += 1) model.submit('busy', 10);
    for (let count = 0; count < 11; count += 1) model.next();
    for (let count = 0; count < 5; count += 1) model.submit('away', 10);
    const order = model.drain().slice(11, 17);
    expect(order.filter((user) => user === 'busy').length).toBeGreaterThanOrEqual(2);
  });

  it('remembers what somebody had while others waited, though they submit one at a time', () => {
    const model = new Model();
    model.submit('large', 100);
    model.next();
    for (let count = 0; count < 20; count += 1) model.submit('small', 10);
    model.next();
    model.submit('large', 100);
    const order = model.drain();
    expect(order.lastIndexOf('large')).toBeGreaterThanOrEqual(10);
  });

  it('forgets everything once nobody waits', () => {
    const model = new Model();
    model.submit('large', 1000);
    model.drain();
    model.next();
    model.submit('large', 1);
    model.submit('small', 1);
    expect(model.drain()).toEqual(['large', 'large', 'small']);
  });

  it.each([1, 2, 3, 4, 5])(
    'keeps two who always wait within one job of each other, seed %i',
    (seed) => {
      const draw = random(seed);
      const model = new Model();
      model.submit('opening', 1);
      model.next();
      const largest = { anna: 0, bert: 0 };
      for (let count = 0; count < 400; count += 1) {
        const user = draw() < 0.5 ? 'anna' : 'bert';
        const cost = 1 + draw() * 30;
        largest[user] = Math.max(largest[user], cost);
        model.submit(user, cost);
      }
      const left = { anna: 0, bert: 0 };
      for (const { user } of model['waiting'] as Waiting[]) left[user as 'anna'] += 1;
      const had = { anna: 0, bert: 0 };
      while (left.anna > 0 && left.bert > 0) {
        const job = model.next()!;
        left[job.user as 'anna'] -= 1;
        had[job.user as 'anna'] += job.cost;
        expect(Math.abs(had.anna - had.bert)).toBeLessThanOrEqual(largest.anna + largest.bert);
      }
    },
  );

  it('moves on even when a job costs nothing', () => {
    expect(shareOf(5, 3, 0)).toEqual({ start: 5, finish: 5 + LEAST_COST });
  });

  it('gives twice the weight twice the share', () => {
    expect(shareOf(0, 0, 10, 2).finish).toBe(5);
  });
});
