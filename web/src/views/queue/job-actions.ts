import { shallowReactive } from 'vue';
import { queueCancel, queueClear, queueRetry, type JobView } from '../../api/client.js';
import { messageOf } from '../../api/errors.js';
import { count } from '../../lib/format.js';
import { useConfirm } from '../../ui/confirm.js';
import { toast } from '../../ui/toasts.js';
import { titleOf } from './job-words.js';

export interface JobActions {
  /** Whether something is under way because of a job. */
  isBusy: (id: string) => boolean;
  cancel: (job: JobView) => Promise<void>;
  retry: (job: Pick<JobView, 'id'>) => Promise<void>;
  /** Cancels all that wait: one's own, or everybody's. */
  clear: (waiting: number, everybody: boolean) => Promise<void>;
}

/** What can be done to jobs; `done` is called after each. */
export function useJobActions(done: () => unknown): JobActions {
  const confirm = useConfirm();
  const busy = shallowReactive(new Set<string>());

  async function attempt(id: string, action: () => Promise<void>): Promise<void> {
    busy.add(id);
    try {
      await action();
    } catch (error) {
      toast(messageOf(error), { kind: 'bad' });
    } finally {
      busy.delete(id);
      done();
    }
  }

  function retry({ id }: Pick<JobView, 'id'>): Promise<void> {
    return attempt(id, async () => {
      await queueRetry({ path: { id } });
      toast('Back in the queue, as a new job.', { kind: 'good' });
    });
  }

  async function cancel(job: JobView): Promise<void> {
    const runs = job.status === 'processing';
    if (
      runs &&
      !(await confirm({
        title: 'Cancel this job?',
        text: `“${titleOf(job)}” is running. What it has done so far is lost.`,
        action: 'Cancel the job',
        danger: true,
      }))
    )
      return;
    await attempt(job.id, async () => {
      await queueCancel({ body: { job_id: job.id } });
      toast('Cancelled.', {
        action: { label: 'Put it back', run: () => void retry(job) },
      });
    });
  }

  async function clear(waiting: number, everybody: boolean): Promise<void> {
    const yes = await confirm({
      title: everybody ? 'Clear the queue for everybody?' : 'Clear your waiting jobs?',
      text: `${count(waiting, 'waiting job')} will be cancelled. What runs goes on.`,
      action: 'Clear the queue',
      danger: true,
    });
    if (!yes) return;
    await attempt('all', async () => {
      const { cleared } = await queueClear({ body: { all: everybody } });
      toast(`${count(cleared, 'job')} cancelled.`);
    });
  }

  return { isBusy: (id) => busy.has(id), cancel, retry, clear };
}
