import { duration } from '../../lib/format.js';
import type { ShownJob } from './shown-jobs.js';

const PHASES: Partial<Record<NonNullable<ShownJob['phase']>, string>> = {
  loading: 'Loading the model',
  encoding: 'Reading the prompt',
  decoding: 'Finishing the picture',
  saving: 'Saving',
};

type Told = Pick<
  ShownJob,
  'status' | 'position' | 'phase' | 'current_step' | 'total_steps' | 'time_remaining'
>;

function place(position: number | null): string {
  if (position === null) return 'Waiting';
  return position === 1
    ? 'Waiting · next in the queue'
    : `Waiting · number ${position} in the queue`;
}

/** How far a job is, in words. */
export function progressText(job: Told): string {
  if (job.status === 'queued') return place(job.position);
  const { phase, current_step: step, total_steps: steps, time_remaining: left } = job;
  const what = (phase && PHASES[phase]) ?? (steps > 0 ? `Step ${step} of ${steps}` : 'Beginning');
  return left === null ? what : `${what} · ${duration(left)} left`;
}
