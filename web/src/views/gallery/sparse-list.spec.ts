import { describe, expect, it } from 'vitest';
import { pagesOf, useSparseList, type Part } from './sparse-list.js';

const SIZE = 10;

/** A server of numbers; each answer comes when the test says so. */
class Numbers {
  readonly asked: number[] = [];
  total = 95;
  broken = false;
  private readonly open: Array<() => void> = [];

  readonly page = async (page: number): Promise<Part<number>> => {
    this.asked.push(page);
    await new Promise<void>((resolve) => this.open.push(resolve));
    if (this.broken) throw new Error('torn');
    const left = Math.max(0, Math.min(SIZE, this.total - page * SIZE));
    const entries = Array.from({ length: left }, (_, index) => page * SIZE + index);
    return { entries, total: this.total };
  };

  async answer(): Promise<void> {
    for (const resolve of this.open.splice(0)) resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('pagesOf', () => {
  it.each([
    [0, 0, [0]],
    [0, 9, [0]],
    [9, 10, [0, 1]],
    [25, 48, [2, 3, 4]],
    [-5, 3, [0]],
  ])('finds the pages of %d to %d', (first, last, pages) => {
    expect(pagesOf(first, last, SIZE)).toEqual(pages);
  });
});

describe('a sparse list', () => {
  it('fetches what is looked at, once', async () => {
    const numbers = new Numbers();
    const list = useSparseList(SIZE, numbers.page);
    list.need(42, 57);
    list.need(44, 59);
    expect(list.total.value).toBeUndefined();
    await numbers.answer();
    list.need(40, 50);
    expect(numbers.asked).toEqual([4, 5]);
    expect([list.total.value, list.at(42), list.at(59), list.at(60)]).toEqual([
      95,
      42,
      59,
      undefined,
    ]);
    expect([list.find((one) => one === 57), list.find((one) => one === 7)]).toEqual([
      57,
      undefined,
    ]);
  });

  it('keeps what is shown until it is here anew, and forgets the rest', async () => {
    const numbers = new Numbers();
    const list = useSparseList(SIZE, numbers.page);
    list.need(0, 5);
    list.need(90, 94);
    await numbers.answer();
    numbers.total = 94;
    const done = list.refresh();
    expect([list.total.value, list.at(94)]).toEqual([95, 94]);
    await numbers.answer();
    await done;
    expect(numbers.asked).toEqual([0, 9, 9]);
    expect([list.total.value, list.at(94), list.at(0)]).toEqual([94, undefined, undefined]);
  });

  it('takes no answer to an older question', async () => {
    const numbers = new Numbers();
    const list = useSparseList(SIZE, numbers.page);
    list.need(0, 5);
    const done = list.restart();
    list.need(30, 31);
    await numbers.answer();
    await done;
    expect(numbers.asked).toEqual([0, 0, 3]);
    expect([list.at(0), list.at(30)]).toEqual([0, 30]);
  });

  it('says why there is no answer, until there is one', async () => {
    const numbers = new Numbers();
    numbers.broken = true;
    const list = useSparseList(SIZE, numbers.page);
    list.need(0, 5);
    await numbers.answer();
    expect(list.error.value).toMatchObject({ message: 'torn' });
    numbers.broken = false;
    const done = list.restart();
    expect(list.error.value).toBeUndefined();
    await numbers.answer();
    await done;
    expect([list.error.value, list.at(3)]).toEqual([undefined, 3]);
  });
});
