import { useQuery } from '@pinia/colada';
import { refDebounced } from '@vueuse/core';
import { computed, reactive, toRef, watch } from 'vue';
import { modelsList, modelsSummary, type ModelSummary } from '../../api/client.js';
import { useNews, useReconnect } from '../../api/live.js';
import { queryOf, shelvesOf, type ModelFilter } from './model-filter.js';

/** What tells that the list may not be right any more. */
function signatureOf(summary: ModelSummary | undefined): string {
  if (!summary) return '';
  const { by_type, problems, loaded } = summary;
  return JSON.stringify([by_type, problems, loaded.map(({ id, in_use }) => [id, in_use])]);
}

/** The models as they are now: the page that is looked at, and the summary of all. */
export function useModels() {
  const filter = reactive<ModelFilter>({ shelf: 'all', search: '', sort: 'name:asc', page: 1 });
  const search = refDebounced(toRef(filter, 'search'), 250);
  const asked = computed(() => queryOf({ ...filter, search: search.value }));

  const summary = useQuery({ key: ['models', 'summary'], query: () => modelsSummary() });
  const list = useQuery({
    key: () => ['models', 'list', { ...asked.value }],
    query: () => modelsList({ query: asked.value }),
    placeholderData: (before) => before,
  });

  async function refresh(): Promise<void> {
    await Promise.all([summary.refetch(), list.refetch()]);
  }

  watch(
    () => [filter.shelf, search.value, filter.sort],
    () => (filter.page = 1),
  );
  watch(
    () => signatureOf(summary.data.value),
    (now, before) => {
      if (before && now !== before) void list.refetch();
    },
  );
  // A job loads what it needs, and others may load and unload too: these news come every few seconds.
  useNews('system_update', () => void summary.refetch());
  useReconnect(() => void refresh());

  return {
    filter,
    summary,
    list,
    refresh,
    shelves: computed(() => shelvesOf(summary.data.value, filter.shelf)),
  };
}
