import type { LocationQuery } from 'vue-router';
import type { QueueListData } from '../../api/generated/types.gen.js';
import { dayStart } from '../../lib/days.js';

/** What the history is narrowed to; an empty text narrows nothing. */
export interface HistoryFilter {
  search: string;
  status: string;
  kind: string;
  model: string;
  /** Username. */
  owner: string;
  /** First and last day, as YYYY-MM-DD. */
  from: string;
  to: string;
  sort: 'desc' | 'asc';
  page: number;
}

const TEXTS = ['search', 'status', 'kind', 'model', 'owner', 'from', 'to'] as const;

/** Jobs on a page. */
export const PAGE_SIZE = 20;

/** States that the history has; what is unfinished is shown above it. */
const ENDED = 'completed,failed,cancelled';

function text(value: LocationQuery[string] | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function filterOf(query: LocationQuery): HistoryFilter {
  const page = Number(text(query.page));
  return {
    search: text(query.search),
    status: text(query.status),
    kind: text(query.kind),
    model: text(query.model),
    owner: text(query.owner),
    from: text(query.from),
    to: text(query.to),
    sort: query.sort === 'asc' ? 'asc' : 'desc',
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/** The filter in an address: only what differs from the default. */
export function addressOf(filter: HistoryFilter): Record<string, string> {
  const texts = TEXTS.flatMap((name) => (filter[name] ? [[name, filter[name]]] : []));
  return {
    ...(Object.fromEntries(texts) as Record<string, string>),
    ...(filter.sort === 'asc' ? { sort: 'asc' } : {}),
    ...(filter.page > 1 ? { page: String(filter.page) } : {}),
  };
}

/** Whether anything is left out. */
export function isNarrowed(filter: HistoryFilter): boolean {
  return TEXTS.some((name) => filter[name] !== '');
}

/** What the API is asked; `me` narrows it to the jobs of one user. */
export function historyQuery(
  filter: HistoryFilter,
  me: string | undefined,
): NonNullable<QueueListData['query']> {
  const { search, status, kind, model, from, to, sort, page } = filter;
  const owner = me ?? filter.owner;
  const [first, end] = [dayStart(from), dayStart(to, 1)];
  return {
    status: status || ENDED,
    sort_order: sort,
    limit: PAGE_SIZE,
    page,
    ...(search.trim() && { search: search.trim().slice(0, 200) }),
    ...(kind && { kind }),
    ...(model && { model }),
    ...(owner && { owner }),
    ...(first !== undefined && { from: String(first) }),
    ...(end !== undefined && { to: String(end) }),
  };
}
