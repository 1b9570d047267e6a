import { describe, expect, it } from 'vitest';
import { filtersOf, narrowedBy, NO_FILTERS, queryOf, requestOf, type Filters } from './filters.js';

const SOME: Filters = {
  search: 'red apple',
  model: 'tiny-emoji',
  kind: 'text2img',
  size: '512x768',
  from: '2026-01-31',
  to: '2026-02-28',
  order: 'asc',
  all: true,
};

describe('filters in the address', () => {
  it('come back as they were', () => {
    expect(filtersOf(queryOf(SOME))).toEqual(SOME);
  });

  it('leave the address empty where nothing is filtered', () => {
    expect(queryOf(NO_FILTERS)).toEqual({});
    expect(filtersOf({})).toEqual(NO_FILTERS);
  });

  it('make nothing of what makes no sense', () => {
    const query = { size: 'large', from: 'yesterday', to: '2026-13-40', order: 'up', all: '1' };
    expect(filtersOf({ ...query, search: ['a', 'b'], model: null })).toEqual(NO_FILTERS);
  });
});

describe('narrowedBy', () => {
  it('counts what leaves pictures out, and neither the words nor the order', () => {
    expect(narrowedBy(SOME)).toBe(6);
    expect(narrowedBy({ ...NO_FILTERS, search: 'apple', order: 'asc' })).toBe(0);
  });
});

describe('requestOf', () => {
  it('asks for whole days where the user is, the last one included', () => {
    expect(requestOf(SOME)).toEqual({
      search: 'red apple',
      model: 'tiny-emoji',
      kind: 'text2img',
      size: '512x768',
      from: new Date(2026, 0, 31).toISOString(),
      to: new Date(2026, 2, 1).toISOString(),
      sort_order: 'asc',
      all: true,
    });
  });

  it('says nothing of what is not filtered', () => {
    const { sort_order, ...others } = requestOf({ ...NO_FILTERS, search: '  ' });
    expect(sort_order).toBe('desc');
    expect(Object.values(others).filter((value) => value !== undefined)).toEqual([]);
  });
});
