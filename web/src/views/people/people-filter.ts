import type { UsersListData } from '../../api/generated/types.gen.js';

type Query = NonNullable<UsersListData['query']>;

/** What the list is narrowed to; an empty text narrows nothing. */
export interface PeopleFilter {
  search: string;
  role: '' | NonNullable<Query['role']>;
  origin: '' | NonNullable<Query['origin']>;
  state: '' | 'enabled' | 'disabled';
  sort: keyof typeof SORTS;
}

const SORTS = {
  name: { sort_by: 'username', sort_order: 'asc' },
  role: { sort_by: 'role', sort_order: 'asc' },
  newest: { sort_by: 'created', sort_order: 'desc' },
  seen: { sort_by: 'last_login', sort_order: 'desc' },
} as const;

export const SORT_CHOICES: Array<{ value: PeopleFilter['sort']; label: string }> = [
  { value: 'name', label: 'By name' },
  { value: 'role', label: 'By role' },
  { value: 'newest', label: 'Newest first' },
  { value: 'seen', label: 'Last log in first' },
];

export const ALL: Readonly<PeopleFilter> = {
  search: '',
  role: '',
  origin: '',
  state: '',
  sort: 'name',
};

const PAGE = 25;

export function isNarrowed({ search, role, origin, state }: PeopleFilter): boolean {
  return [search.trim(), role, origin, state].some((text) => text !== '');
}

export function toQuery({ search, role, origin, state, sort }: PeopleFilter, page: number): Query {
  const text = search.trim().slice(0, 64);
  return {
    ...(text && { search: text }),
    ...(role && { role }),
    ...(origin && { origin }),
    ...(state && { disabled: state === 'disabled' }),
    ...SORTS[sort],
    page,
    limit: PAGE,
  };
}
