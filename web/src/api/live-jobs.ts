import { computed, reactive, type ComputedRef } from 'vue';
import type { JobView } from './generated/types.gen.js';
import { useNews, type JobUpdate } from './live.js';

/** The fields of a job that the news bring up to date. */
type Told = Pick<
  JobView,
  | 'id'
  | 'status'
  | 'phase'
  | 'progress'
  | 'current_step'
  | 'total_steps'
  | 'time_elapsed'
  | 'time_remaining'
  | 'speed'
> & { position: number | null; preview?: string };

/** A job as it was asked for, brought up to date by its latest news; a job that has ended stays so. */
export function withNews<Job extends Told>(job: Job, update: JobUpdate | undefined): Job {
  if (!update || update.job_id !== job.id) return job;
  if (job.status !== 'queued' && job.status !== 'processing') return job;
  const { job_id: _, error: _why, position = null, preview = job.preview, ...progress } = update;
  return { ...job, phase: undefined, ...progress, position, preview };
}

export interface LiveJobs {
  of: (id: string) => JobUpdate | undefined;
  /** The latest picture in the making. */
  previewOf: (id: string) => string | undefined;
  /** Changes whenever a job has ended or is new: a list is to be asked for again. */
  changes: ComputedRef<number>;
}

/** The latest news of every job that this component may hear of, for as long as it is there. */
export function useLiveJobs(): LiveJobs {
  const updates = reactive(new Map<string, JobUpdate>());
  const previews = reactive(new Map<string, string>());
  const turns = reactive({ count: 0 });

  useNews('job_update', (update) => {
    const before = updates.get(update.job_id)?.status;
    if (before !== update.status) turns.count += 1;
    updates.set(update.job_id, update);
    if (update.preview) previews.set(update.job_id, update.preview);
  });

  return {
    of: (id) => updates.get(id),
    previewOf: (id) => previews.get(id),
    changes: computed(() => turns.count),
  };
}
