import { onMounted, ref, type Ref } from 'vue';
import { queueJob, queueList, type JobView } from '../../api/client.js';
import { withNews } from '../../api/live-jobs.js';
import { useNews, useReconnect } from '../../api/live.js';
import { useSession } from '../../api/session.js';
import { isUnderWay, merged, MOST, type ShownJob } from './shown-jobs.js';

/** How many of the latest jobs are shown besides those under way. */
const LATEST = 6;
const KINDS = ['text2img', 'img2img', 'inpainting', 'controlnet', 'upscale', 'text2video'];

export interface CreateJobs {
  jobs: Ref<ShownJob[]>;
  /** Why the jobs could not be asked for. */
  problem: Ref<unknown>;
  /** Follows a job that was just made. */
  follow: (id: string) => Promise<void>;
  forget: (id: string) => void;
  reload: () => Promise<void>;
}

/** One's own generations: those under way, also after a reload, and the latest that ended. */
export function useCreateJobs(onEnd: (job: ShownJob) => void): CreateJobs {
  const session = useSession();
  const jobs = ref<ShownJob[]>([]);
  const problem = ref<unknown>();

  async function list(query: { status?: string; limit: number }): Promise<JobView[]> {
    const owner = session.user?.id;
    const { jobs: found } = await queueList({ query: { ...query, owner } });
    return found.filter(({ kind }) => KINDS.includes(kind));
  }

  async function reload(): Promise<void> {
    try {
      const [latest, underWay] = await Promise.all([
        list({ limit: LATEST }),
        list({ limit: MOST, status: 'queued,processing' }),
      ]);
      jobs.value = merged(jobs.value, [...latest, ...underWay]);
      await refreshUnderWay(new Set([...latest, ...underWay].map(({ id }) => id)));
      problem.value = undefined;
    } catch (error) {
      problem.value = error;
    }
  }

  /** What was under way when we looked last, and is in no list now, has ended meanwhile. */
  async function refreshUnderWay(known: ReadonlySet<string>): Promise<void> {
    const open = jobs.value.filter((job) => isUnderWay(job) && !known.has(job.id));
    await Promise.all(open.map(({ id }) => refresh(id)));
  }

  async function refresh(id: string): Promise<void> {
    const { job } = await queueJob({ path: { id } });
    jobs.value = merged(jobs.value, [job]);
  }

  async function follow(id: string): Promise<void> {
    await refresh(id);
  }

  function forget(id: string): void {
    jobs.value = jobs.value.filter((job) => job.id !== id);
  }

  useNews('job_update', (update) => {
    const at = jobs.value.findIndex(({ id }) => id === update.job_id);
    const before = jobs.value[at];
    if (!before) return;
    const now = withNews(before, update);
    jobs.value[at] = now;
    if (isUnderWay(now) || !isUnderWay(before)) return;
    // The news have no list of the outputs.
    void refresh(now.id)
      .catch((error: unknown) => (problem.value = error))
      .finally(() => onEnd(now));
  });
  useReconnect(() => void reload());
  onMounted(reload);

  return { jobs, problem, follow, forget, reload };
}
