import type { ModelSummary, ModelsListData } from '../../api/generated/types.gen.js';
import { MODEL_TYPES, TYPE_NAMES } from './model-types.js';

type ListQuery = NonNullable<ModelsListData['query']>;
type SortField = NonNullable<ListQuery['sort_by']>;

/** Which models are shown, and how. */
export interface ModelFilter {
  /** A type, or one of `all`, `loaded` and `problem`. */
  shelf: string;
  search: string;
  /** A field and a direction, such as `size:desc`. */
  sort: string;
  page: number;
}

export const PAGE_SIZE = 25;

export const SORTS = [
  { value: 'name:asc', label: 'Name' },
  { value: 'date:desc', label: 'Newest first' },
  { value: 'size:desc', label: 'Largest first' },
  { value: 'size:asc', label: 'Smallest first' },
  { value: 'loaded:desc', label: 'Loaded first' },
];

export function queryOf({ shelf, search, sort, page }: ModelFilter): ListQuery {
  const [field, direction] = sort.split(':');
  return {
    limit: PAGE_SIZE,
    page,
    sort_by: field as SortField,
    sort_order: direction === 'desc' ? 'desc' : 'asc',
    ...(search.trim() && { search: search.trim() }),
    ...(shelf === 'loaded' && { loaded: true }),
    ...(shelf === 'problem' && { problem: true }),
    ...(MODEL_TYPES.some((type) => type === shelf) && { type: shelf }),
  };
}

/** The shelves with something on them, each with how much; the one that is looked at stays. */
export function shelvesOf(
  summary: Pick<ModelSummary, 'by_type' | 'loaded' | 'problems'> | undefined,
  current: string,
): Array<{ value: string; label: string }> {
  const counts = summary?.by_type ?? {};
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const shelves = [
    { value: 'all', name: 'All', count: total },
    { value: 'loaded', name: 'In memory', count: summary?.loaded.length ?? 0 },
    ...MODEL_TYPES.map((type) => ({
      value: type,
      name: TYPE_NAMES[type],
      count: counts[type] ?? 0,
    })),
    { value: 'problem', name: 'Problems', count: summary?.problems ?? 0 },
  ];
  return shelves
    .filter(({ value, count }) => count > 0 || value === 'all' || value === current)
    .map(({ value, name, count }) => ({ value, label: `${name} ${count.toLocaleString()}` }));
}
