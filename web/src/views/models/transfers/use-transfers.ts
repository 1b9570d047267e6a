import { useQuery } from '@pinia/colada';
import { useDebounceFn, useSessionStorage } from '@vueuse/core';
import { computed, watch } from 'vue';
import { queueCancel, queueList, queueRetry, type JobView } from '../../../api/client.js';
import { messageOf } from '../../../api/errors.js';
import { useLiveJobs, withNews } from '../../../api/live-jobs.js';
import { useReconnect } from '../../../api/live.js';
import { toast } from '../../../ui/toasts.js';

const KINDS = ['download', 'convert'];
/** A failure of longer ago is history. */
const FAILURES_FROM_SECONDS = 24 * 3600;
/** Milliseconds: several jobs tell of their end at once. */
const TOGETHER_MS = 300;

async function askJobs(): Promise<JobView[]> {
  const from = String(Math.floor(Date.now() / 1000) - FAILURES_FROM_SECONDS);
  const pages = await Promise.all([
    ...KINDS.map((kind) => queueList({ query: { kind, status: 'queued,processing', limit: 100 } })),
    ...KINDS.map((kind) => queueList({ query: { kind, status: 'failed', from, limit: 20 } })),
  ]);
  return pages.flatMap(({ jobs }) => jobs);
}

/** The downloads and conversions under way, and those that failed lately; also after a reload of the page. */
export function useTransfers(ended: () => Promise<void>) {
  const live = useLiveJobs();
  /** Ids of failed ones that nobody wants to see again. */
  const seen = useSessionStorage<string[]>('atelier.transfers.seen', []);
  const { data, refetch } = useQuery({ key: ['models', 'transfers'], query: askJobs });

  const transfers = computed(() =>
    (data.value ?? [])
      .filter(({ id }) => !seen.value.includes(id))
      .map((job) => {
        const news = live.of(job.id);
        const { speed, error } = { ...job, ...news };
        return { ...withNews(job, news), speed, error };
      })
      .filter(({ status }) => status !== 'completed' && status !== 'cancelled'),
  );

  const askAgain = useDebounceFn(async () => {
    await Promise.all([refetch(), ended()]);
  }, TOGETHER_MS);
  watch(live.changes, () => void askAgain());
  useReconnect(() => void askAgain());

  async function told(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => toast(messageOf(error), { kind: 'bad' }));
    await askAgain();
  }

  function dismiss(id: string): void {
    seen.value = [...seen.value, id];
  }

  return {
    transfers,
    refetch,
    dismiss,
    cancel: (id: string) => told(queueCancel({ body: { job_id: id } })),
    retry: (id: string) => told(queueRetry({ path: { id } }).then(() => dismiss(id))),
  };
}

export type Transfers = ReturnType<typeof useTransfers>;
