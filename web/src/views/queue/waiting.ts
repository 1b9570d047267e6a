import type { JobView } from '../../api/generated/types.gen.js';
import { count } from '../../lib/format.js';
import { isOver, titleOf } from './job-words.js';

export type Lane = JobView['lane'];

/** The lanes in the order in which they are shown, and what is done in them. */
export const LANES: ReadonlyArray<{ lane: Lane; title: string; text: string }> = [
  { lane: 'engine', title: 'Engine', text: 'Draws and converts, one job at a time' },
  { lane: 'files', title: 'Files', text: 'Downloads and checksums' },
  { lane: 'text', title: 'Text', text: 'Prompts and answers' },
];

/** Those of a lane that run, or wait in their order. */
export function inLane(jobs: readonly JobView[], lane: Lane, status: 'processing' | 'queued') {
  return jobs
    .filter((job) => job.lane === lane && job.status === status)
    .toSorted((one, other) => (one.position ?? Infinity) - (other.position ?? Infinity));
}

/** What is known of the queue by who looks at it. */
export interface QueueKnown {
  /** The jobs that they may see: those of everybody, or their own. */
  jobs: readonly JobView[];
  /** Whether jobs are taken into work. */
  running: boolean;
  /** Their id. */
  userId: string;
}

/** Who else waits before a job; names only where they may be seen. */
export interface Ahead {
  total: number;
  mine: number;
  /** By username, the most first. */
  known: Array<[string, number]>;
  /** Those of whom only their number is known. */
  unknown: number;
}

function isMine({ owner }: JobView, userId: string): boolean {
  return owner === undefined || owner.id === userId;
}

export function aheadOf(job: JobView, { jobs, userId }: QueueKnown): Ahead {
  const total = Math.max(0, (job.position ?? 1) - 1);
  const before = inLane(jobs, job.lane, 'queued').filter(
    ({ position }) => position !== null && position < (job.position ?? 0),
  );
  const names = new Map<string, number>();
  for (const one of before) {
    if (isMine(one, userId) || !one.owner) continue;
    names.set(one.owner.username, (names.get(one.owner.username) ?? 0) + 1);
  }
  const mine = before.filter((one) => isMine(one, userId)).length;
  return {
    total,
    mine,
    known: [...names].toSorted(([, one], [, other]) => other - one),
    unknown: Math.max(0, total - before.length),
  };
}

/** Whose jobs those are: "1 of yours, 2 of ada". */
function ownersOf({ mine, known, unknown }: Ahead): string {
  const parts: Array<[string, number]> = [['yours', mine], ...known, ['others', unknown]];
  return parts
    .filter(([, amount]) => amount > 0)
    .map(([whose, amount]) => `${amount} of ${whose}`)
    .join(', ');
}

/** The job that must be done before this one begins, while that is still to happen. */
function prerequisiteOf({ after }: JobView, jobs: readonly JobView[]): JobView | undefined {
  return after === null ? undefined : jobs.find((one) => one.id === after && !isOver(one));
}

/** For what a waiting job waits, as a sentence. */
export function reasonOf(job: JobView, known: QueueKnown): string {
  const first = prerequisiteOf(job, known.jobs);
  if (first) return `Waits until “${titleOf(first)}” is done.`;
  if (!known.running) return 'The server takes no job into work at the moment.';
  const ahead = aheadOf(job, known);
  if (ahead.total > 0) return `After ${count(ahead.total, 'waiting job')}: ${ownersOf(ahead)}.`;
  const [current] = inLane(known.jobs, job.lane, 'processing');
  if (current) return `Next, as soon as “${titleOf(current)}” is done.`;
  return job.lane === 'engine'
    ? 'Next, as soon as the engine is free.'
    : 'Next, as soon as a place is free.';
}
