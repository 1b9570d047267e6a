import type { LocationQuery } from 'vue-router';
import type { OutputsListData } from '../../api/generated/types.gen.js';

/** How the gallery is narrowed and ordered; it lives in the address. */
export interface Filters {
  search: string;
  model: string;
  kind: string;
  /** Width and height, like 512x768. */
  size: string;
  /** The first and the last day, as YYYY-MM-DD. */
  from: string;
  to: string;
  order: 'desc' | 'asc';
  /** The pictures of everybody. */
  all: boolean;
}

export const NO_FILTERS: Filters = {
  search: '',
  model: '',
  kind: '',
  size: '',
  from: '',
  to: '',
  order: 'desc',
  all: false,
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function dayOf(value: string): string {
  return DAY.test(value) && !Number.isNaN(Date.parse(value)) ? value : '';
}

/** Whatever an address says; what makes no sense is left out. */
export function filtersOf(query: LocationQuery): Filters {
  const text = (name: string): string => {
    const value = query[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    search: text('search').slice(0, 200),
    model: text('model'),
    kind: text('kind'),
    size: /^\d{1,6}x\d{1,6}$/.test(text('size')) ? text('size') : '',
    from: dayOf(text('from')),
    to: dayOf(text('to')),
    order: text('order') === 'asc' ? 'asc' : 'desc',
    all: text('all') === 'true',
  };
}

/** What differs from no filters at all, for the address. */
export function queryOf(filters: Filters): Record<string, string> {
  const set = Object.entries(filters).filter(
    ([name, value]) => value !== NO_FILTERS[name as keyof Filters],
  );
  return Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
}

/** How many of them leave something out. */
export function narrowedBy({ model, kind, size, from, to, all }: Filters): number {
  return [model, kind, size, from, to, all].filter(Boolean).length;
}

/** When a day begins where the user is, so many days later. */
function startOf(day: string, later = 0): string | undefined {
  if (!day) return undefined;
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/** The filters as the server wants them. */
export function requestOf(filters: Filters): NonNullable<OutputsListData['query']> {
  const { search, model, kind, size, from, to, order, all } = filters;
  return {
    search: search.trim() || undefined,
    model: model || undefined,
    kind: kind || undefined,
    size: size || undefined,
    from: startOf(from),
    to: startOf(to, 1),
    sort_order: order,
    all: all || undefined,
  };
}
