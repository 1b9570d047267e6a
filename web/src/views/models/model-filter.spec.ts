import { describe, expect, it } from 'vitest';
import { PAGE_SIZE, queryOf, shelvesOf } from './model-filter.js';

const FILTER = { shelf: 'all', search: '', sort: 'name:asc', page: 1 };

describe('queryOf', () => {
  it('asks for a page of all', () => {
    expect(queryOf({ ...FILTER, sort: 'size:desc', page: 3 })).toEqual({
      limit: PAGE_SIZE,
      page: 3,
      sort_by: 'size',
      sort_order: 'desc',
    });
  });

  it.each([
    ['loaded', { loaded: true }],
    ['problem', { problem: true }],
    ['lora', { type: 'lora' }],
  ])('narrows to the shelf %s', (shelf, wanted) => {
    const { limit, page, sort_by, sort_order, ...rest } = queryOf({ ...FILTER, shelf });
    expect([limit, page, sort_by, sort_order]).toEqual([PAGE_SIZE, 1, 'name', 'asc']);
    expect(rest).toEqual(wanted);
  });

  it('leaves out a search for nothing', () => {
    expect(queryOf({ ...FILTER, search: '  ' })).not.toHaveProperty('search');
    expect(queryOf({ ...FILTER, search: ' oil ' })).toMatchObject({ search: 'oil' });
  });
});

describe('shelvesOf', () => {
  const loaded = [{}] as never[];

  it('shows those with something on them, and how much', () => {
    const shelves = shelvesOf(
      { by_type: { lora: 1200, checkpoint: 2 }, loaded, problems: 1 },
      'all',
    );
    expect(shelves).toEqual([
      { value: 'all', label: `All ${(1202).toLocaleString()}` },
      { value: 'loaded', label: 'In memory 1' },
      { value: 'checkpoint', label: 'Checkpoint 2' },
      { value: 'lora', label: `LoRA ${(1200).toLocaleString()}` },
      { value: 'problem', label: 'Problems 1' },
    ]);
  });

  it('keeps the one that is looked at though it is empty now', () => {
    const shelves = shelvesOf({ by_type: {}, loaded: [], problems: 0 }, 'problem');
    expect(shelves.map(({ value }) => value)).toEqual(['all', 'problem']);
  });
});
