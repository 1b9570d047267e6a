import { useDebounceFn } from '@vueuse/core';
import { ref, watch, type Ref } from 'vue';
import { outputsList } from '../../api/client.js';
import { useNews, useReconnect } from '../../api/live.js';
import { requestOf, type Filters } from './filters.js';
import type { Output } from './outputs.js';
import { useSparseList, type SparseList } from './sparse-list.js';

/** Pictures that are fetched at a time. */
const PAGE = 100;

/** Milliseconds in which the ends of several jobs are one piece of news. */
const TOGETHER = 300;

/** Pixels from the top up to which new pictures come in by themselves: further down they would push away what is looked at. */
const AT_TOP = 200;

export interface Gallery {
  list: SparseList<Output>;
  /** How many there are that are not shown yet. */
  unseen: Readonly<Ref<number>>;
  /** Shows what is new. */
  show: () => Promise<void>;
}

/** The pictures that pass the filters, kept up to date as new ones are finished. */
export function useGallery(filters: Readonly<Ref<Filters>>): Gallery {
  const unseen = ref(0);

  const list = useSparseList<Output>(PAGE, async (page) => {
    const query = { ...requestOf(filters.value), limit: PAGE, page: page + 1 };
    const { outputs, total } = await outputsList({ query });
    return { entries: outputs, total };
  });

  async function show(): Promise<void> {
    unseen.value = 0;
    await list.refresh();
  }

  async function look(): Promise<void> {
    if (list.total.value === undefined || list.error.value) return void list.restart();
    const newestFirst = filters.value.order === 'desc';
    if (!newestFirst || window.scrollY <= AT_TOP) return show();
    const { total } = await outputsList({ query: { ...requestOf(filters.value), limit: 1 } });
    unseen.value = Math.max(0, total - (list.total.value ?? 0));
  }

  const lookSoon = useDebounceFn(() => look().catch(() => undefined), TOGETHER);

  useNews('job_update', ({ status }) => {
    if (status === 'completed') void lookSoon();
  });
  useReconnect(() => void lookSoon());
  watch(
    () => JSON.stringify(requestOf(filters.value)),
    () => {
      unseen.value = 0;
      void list.restart();
    },
    { immediate: true },
  );

  return { list, unseen, show };
}
