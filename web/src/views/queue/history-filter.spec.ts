import { afterEach, describe, expect, it } from 'vitest';
import { addressOf, filterOf, historyQuery, isNarrowed, PAGE_SIZE } from './history-filter.js';

const zone = process.env['TZ'];
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

describe('the filter of the history', () => {
  it('comes back out of the address as it went in', () => {
    const query = {
      search: 'red apple',
      status: 'failed',
      kind: 'text2img',
      model: 'tiny-emoji',
      owner: 'anna',
      from: '2026-01-30',
      to: '2026-01-31',
      sort: 'asc',
      page: '3',
    };
    expect(addressOf(filterOf(query))).toEqual(query);
    expect(isNarrowed(filterOf(query))).toBe(true);
  });

  it('leaves nothing in the address where nothing is narrowed', () => {
    expect(addressOf(filterOf({}))).toEqual({});
    expect(isNarrowed(filterOf({ sort: 'asc', page: '2' }))).toBe(false);
  });

  it.each(['0', '-1', '1.5', 'two'])('takes the page "%s" for the first', (page) => {
    expect(filterOf({ page }).page).toBe(1);
  });
});

describe('what the API is asked', () => {
  it('is what has ended, the newest first', () => {
    expect(historyQuery(filterOf({}), undefined)).toEqual({
      status: 'completed,failed,cancelled',
      sort_order: 'desc',
      limit: PAGE_SIZE,
      page: 1,
    });
  });

  it('takes days whole, as the clock of this browser has them', () => {
    process.env['TZ'] = 'Europe/Berlin';
    const filter = filterOf({ from: '2026-01-30', to: '2026-01-31' });
    expect(historyQuery(filter, undefined)).toMatchObject({
      from: String(Date.parse('2026-01-29T23:00:00Z') / 1000),
      to: String(Date.parse('2026-01-31T23:00:00Z') / 1000),
    });
  });

  it('leaves out what is no day, and blanks around words', () => {
    const asked = historyQuery(filterOf({ from: 'never', search: '  fox ' }), undefined);
    expect(asked).not.toHaveProperty('from');
    expect(asked.search).toBe('fox');
  });

  it('is of one user where one looks at their own, whatever the filter says', () => {
    expect(historyQuery(filterOf({ owner: 'bert' }), 'anna').owner).toBe('anna');
    expect(historyQuery(filterOf({ owner: 'bert' }), undefined).owner).toBe('bert');
  });
});
