import { describe, expect, it } from 'vitest';
import { ALL, isNarrowed, toQuery } from './people-filter.js';

describe('toQuery', () => {
  it('asks for nothing but order and page where nothing is chosen', () => {
    expect(toQuery(ALL, 2)).toEqual({
      sort_by: 'username',
      sort_order: 'asc',
      page: 2,
      limit: 25,
    });
  });

  it('asks for what is chosen', () => {
    const filter = {
      search: '  ad ',
      role: 'admin',
      origin: 'machine',
      state: 'enabled',
      sort: 'seen',
    } as const;
    expect(toQuery(filter, 1)).toMatchObject({
      search: 'ad',
      role: 'admin',
      origin: 'machine',
      disabled: false,
      sort_by: 'last_login',
      sort_order: 'desc',
    });
  });

  it('asks for no longer a name than there is', () => {
    expect(toQuery({ ...ALL, search: 'a'.repeat(70) }, 1).search).toHaveLength(64);
  });
});

describe('isNarrowed', () => {
  it('is not for an order or a space', () => {
    expect(isNarrowed({ ...ALL, search: ' ', sort: 'role' })).toBe(false);
    expect(isNarrowed({ ...ALL, state: 'disabled' })).toBe(true);
  });
});
