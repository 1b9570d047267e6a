/**
 * Start-time fair queueing (Goyal, Vin and Cheng, "Start-time Fair Queuing", 1996) over users. Virtual
 * time counts cost: megapixel-steps, divided by the weight of a user. Each job begins, in virtual time,
 * where its user's last one ended, or now if the user had nothing waiting; whoever begins first in
 * virtual time is worked on first. The jobs of one user stay in their order, a user alone has a plain
 * queue, and of two users who always have something waiting, neither gets ahead of the other by more
 * than one job of each.
 */
export interface Share {
  /** Virtual time at which the job begins; the order of work. */
  start: number;
  /** Virtual time at which it ends, where its user's next job begins. */
  finish: number;
}

/** Everybody's weight. */
export const WEIGHT = 1;

/** What a job costs at least, in megapixel-steps, so that jobs without pixels take turns too. */
export const LEAST_COST = 0.01;

/** What the queue looks like to a job that comes in; what does not exist is null. */
export interface QueueClock {
  /** Latest start among the jobs in progress. */
  processing: number | null;
  /** Earliest start among those that wait. */
  queued: number | null;
  /** Latest finish of anybody's last job. */
  finished: number | null;
}

/**
 * Virtual time now: the start of the job in progress; between two jobs that of the next one; when
 * nobody wants anything, the end of all that was done, where everybody begins anew as equals.
 */
export function virtualTime({ processing, queued, finished }: QueueClock): number {
  return processing ?? queued ?? finished ?? 0;
}

/**
 * The place of a new job in virtual time.
 * @param lastFinish where the last job of its user ends; 0 for a user's first
 */
export function shareOf(now: number, lastFinish: number, cost: number, weight = WEIGHT): Share {
  const start = Math.max(now, lastFinish);
  return { start, finish: start + charge(cost, weight) };
}

/** Virtual time that a job of this cost takes of its user. */
export function charge(cost: number, weight = WEIGHT): number {
  return Math.max(cost, LEAST_COST) / weight;
}
