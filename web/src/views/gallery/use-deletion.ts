import {
  queueRemove,
  recycleBinDelete,
  recycleBinList,
  recycleBinRestore,
} from '../../api/client.js';
import { messageOf } from '../../api/errors.js';
import { count } from '../../lib/format.js';
import { useConfirm } from '../../ui/confirm.js';
import { toast } from '../../ui/toasts.js';
import type { Output } from './outputs.js';

/** The jobs of some outputs, each once, and how many outputs all of them have. */
export function jobsOf(outputs: readonly Output[]): { ids: string[]; pictures: number } {
  const jobs = new Map(outputs.map(({ job_id, job_outputs }) => [job_id, job_outputs]));
  const pictures = [...jobs.values()].reduce((sum, each) => sum + each, 0);
  return { ids: [...jobs.keys()], pictures };
}

/**
 * Deletes the jobs of outputs, with all of their pictures: into the recycle bin, so that it can be undone;
 * where there is none, after a question. `changed` is called whenever pictures are gone or back.
 */
export function useDeletion(changed: () => void): (outputs: readonly Output[]) => Promise<boolean> {
  const confirm = useConfirm();

  async function restore(ids: string[]): Promise<void> {
    try {
      const { refused } = await recycleBinRestore({ body: { job_ids: ids } });
      if (refused[0]) toast(refused[0].message, { kind: 'bad' });
    } catch (error) {
      toast(messageOf(error), { kind: 'bad' });
    }
    changed();
  }

  async function intoBin(ids: string[], what: string): Promise<boolean> {
    const { done, refused } = await recycleBinDelete({ body: { job_ids: ids } });
    if (refused[0]) toast(refused[0].message, { kind: 'bad' });
    if (done.length > 0)
      toast(`${what} deleted`, { action: { label: 'Undo', run: () => void restore(done) } });
    return done.length > 0;
  }

  async function forGood(ids: string[], what: string): Promise<boolean> {
    const sure = await confirm({
      title: `Delete ${what} for good?`,
      text: 'The recycle bin of this server is off: this cannot be undone.',
      action: 'Delete for good',
      danger: true,
    });
    if (!sure) return false;
    for (const id of ids) await queueRemove({ path: { id }, query: { confirm: true } });
    toast(`${what} deleted for good`);
    return true;
  }

  return async (outputs) => {
    const { ids, pictures } = jobsOf(outputs);
    const what = count(pictures, 'picture');
    let done = false;
    try {
      const { enabled } = await recycleBinList({ query: { limit: 1 } });
      done = enabled ? await intoBin(ids, what) : await forGood(ids, what);
    } catch (error) {
      toast(messageOf(error), { kind: 'bad' });
    }
    changed();
    return done;
  };
}
