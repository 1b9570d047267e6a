import { useQuery } from '@pinia/colada';
import { useThrottleFn } from '@vueuse/core';
import { computed, shallowReactive, type ComputedRef } from 'vue';
import { queueStatus, type JobView, type QueueStatus } from '../../api/client.js';
import { withNews } from '../../api/live-jobs.js';
import { useNews, useReconnect, type JobUpdate } from '../../api/live.js';
import { isOver } from './job-words.js';

/** Milliseconds between two questions about the queue, however much happens in it. */
const PAUSE = 1000;

export interface LiveQueue {
  queue: ComputedRef<QueueStatus | undefined>;
  pending: ComputedRef<boolean>;
  error: ComputedRef<unknown>;
  /** The latest picture in the making. */
  previewOf: (id: string) => string | undefined;
  ask: () => Promise<unknown>;
}

/**
 * The queue as it is: steps by the news of each job, everything else asked for again when the queue has
 * changed, because a job that ends moves all behind it.
 */
export function useQueue(ended: () => void): LiveQueue {
  const previews = shallowReactive(new Map<string, string>());
  const query = useQuery({
    key: ['queue', 'status'],
    query: async () => (await queueStatus()).queue,
    staleTime: 0,
  });
  const news = shallowReactive(new Map<string, JobUpdate>());

  const ask = useThrottleFn(
    async () => {
      const heard = [...news];
      await query.refetch();
      for (const [id, update] of heard) if (news.get(id) === update) news.delete(id);
    },
    PAUSE,
    true,
  );

  function isStep(before: JobView | undefined, update: JobUpdate): boolean {
    return before !== undefined && before.status === update.status;
  }

  useNews('job_update', (update) => {
    const known = jobs.value.find(({ id }) => id === update.job_id);
    news.set(update.job_id, update);
    if (update.preview) previews.set(update.job_id, update.preview);
    if (isStep(known, update)) return;
    void ask();
    if (isOver(update)) {
      previews.delete(update.job_id);
      ended();
    }
  });
  useNews('queue_update', () => void ask());
  useReconnect(() => void ask());

  const jobs = computed(() =>
    (query.data.value?.jobs ?? []).map((job) => withNews(job, news.get(job.id))),
  );
  return {
    queue: computed(() => query.data.value && { ...query.data.value, jobs: jobs.value }),
    pending: computed(() => query.status.value === 'pending'),
    error: computed(() => query.error.value),
    previewOf: (id) => previews.get(id),
    ask: query.refetch,
  };
}
