import { shallowReactive, ref, shallowRef, type Ref } from 'vue';

/** A part of a long list, and how long the list is. */
export interface Part<Entry> {
  entries: Entry[];
  total: number;
}

export interface SparseList<Entry> {
  /** How many there are; undefined before the first answer. */
  total: Readonly<Ref<number | undefined>>;
  /** Why there is no answer, until there is one. */
  error: Readonly<Ref<unknown>>;
  /** The entry at a place; undefined while it is not here. */
  at: (place: number) => Entry | undefined;
  /** The place of an entry that is here. */
  find: (matches: (entry: Entry) => boolean) => number | undefined;
  /** Asks for what is missing from one place to another, both included. */
  need: (first: number, last: number) => void;
  /** Asks anew for what was needed last; what else is here is forgotten when the answer is there. */
  refresh: () => Promise<void>;
  /** Forgets everything and begins anew. */
  restart: () => Promise<void>;
}

/** The pages, from 0, that the places from one to another lie on. */
export function pagesOf(first: number, last: number, size: number): number[] {
  const begin = Math.max(0, Math.floor(first / size));
  const end = Math.max(begin, Math.floor(last / size));
  return Array.from({ length: end - begin + 1 }, (_, index) => begin + index);
}

/**
 * A list of any length of which only those pages are fetched that somebody looks at. Answers to questions
 * of before a `refresh` or `restart` change nothing.
 */
export function useSparseList<Entry>(
  size: number,
  fetchPage: (page: number) => Promise<Part<Entry>>,
): SparseList<Entry> {
  const pages = shallowReactive(new Map<number, Entry[]>());
  const asked = new Set<number>();
  /** Here from before the latest `refresh`, which has not been answered. */
  const stale = new Set<number>();
  const total = ref<number>();
  const error = shallowRef<unknown>();
  let needed = [0];
  let turn = 0;

  function put(page: number, { entries, total: length }: Part<Entry>): void {
    pages.set(page, entries);
    stale.delete(page);
    total.value = length;
    error.value = undefined;
  }

  async function load(page: number): Promise<void> {
    const began = turn;
    asked.add(page);
    try {
      const part = await fetchPage(page);
      if (began !== turn) return;
      put(page, part);
    } catch (thrown) {
      if (began === turn) error.value = thrown;
    } finally {
      if (began === turn) asked.delete(page);
    }
  }

  function fill(): void {
    for (const page of needed) if (!pages.has(page) && !asked.has(page)) void load(page);
  }

  function need(first: number, last: number): void {
    needed = pagesOf(first, last, size);
    fill();
  }

  async function refresh(): Promise<void> {
    turn += 1;
    asked.clear();
    for (const page of pages.keys()) stale.add(page);
    const began = turn;
    try {
      const parts = await Promise.all(
        needed.map(async (page) => ({ page, part: await fetchPage(page) })),
      );
      if (began !== turn) return;
      for (const { page, part } of parts) put(page, part);
      for (const page of stale) pages.delete(page);
      stale.clear();
      fill();
    } catch (thrown) {
      if (began === turn) error.value = thrown;
    }
  }

  function find(matches: (entry: Entry) => boolean): number | undefined {
    for (const [page, entries] of pages) {
      const index = entries.findIndex(matches);
      if (index >= 0) return page * size + index;
    }
    return undefined;
  }

  return {
    total,
    error,
    find,
    need,
    refresh,
    at: (place) => pages.get(Math.floor(place / size))?.[place % size],
    restart: () => {
      needed = [0];
      total.value = undefined;
      error.value = undefined;
      pages.clear();
      stale.clear();
      return refresh();
    },
  };
}
