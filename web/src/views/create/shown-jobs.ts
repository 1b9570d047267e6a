import type { JobView } from '../../api/generated/types.gen.js';

/** A job with its latest picture in the making. */
export type ShownJob = JobView & { preview?: string };

/** Most jobs that are kept in view. */
export const MOST = 60;

export function isUnderWay({ status }: Pick<JobView, 'status'>): boolean {
  return status === 'queued' || status === 'processing';
}

/** The jobs of both lists, each once, newest first; of a job that is in both, the one of `fresh`. */
export function merged(known: readonly ShownJob[], fresh: readonly ShownJob[]): ShownJob[] {
  const byId = new Map([...known, ...fresh].map((job) => [job.id, job]));
  const order = new Map(known.map(({ id }, index) => [id, index]));
  // Of one second: what was in view first stays where it is.
  const place = ({ id }: ShownJob): number => order.get(id) ?? -1;
  return [...byId.values()]
    .sort((one, other) => other.queued_time - one.queued_time || place(one) - place(other))
    .slice(0, MOST);
}
