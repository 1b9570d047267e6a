import type { JobView } from '../../api/generated/types.gen.js';
import { bytes, duration } from '../../lib/format.js';
import { kindName } from '../../lib/job-kinds.js';

/** What a job is called in a list. */
export function titleOf({
  label,
  prompt,
  kind,
}: Pick<JobView, 'label' | 'prompt' | 'kind'>): string {
  return label || prompt || kindName(kind);
}

type Status = JobView['status'];

export const STATUS_NAMES: Readonly<Record<Status, string>> = {
  queued: 'Waiting',
  processing: 'Running',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** In which colour a state is told. */
export const STATUS_COLORS = {
  queued: 'plain',
  processing: 'accent',
  completed: 'good',
  failed: 'bad',
  cancelled: 'warn',
} as const satisfies Record<Status, string>;

export function isOver({ status }: Pick<JobView, 'status'>): boolean {
  return status !== 'queued' && status !== 'processing';
}

const PHASES: Readonly<Record<NonNullable<JobView['phase']>, string>> = {
  loading: 'Loading the model',
  encoding: 'Reading the prompt',
  sampling: 'Drawing',
  decoding: 'Decoding the picture',
  saving: 'Saving',
  downloading: 'Downloading',
  verifying: 'Checking the file',
  hashing: 'Computing the checksum',
  converting: 'Converting',
};

/** What is being done for a job in progress. */
export function phaseName({ phase, model }: Pick<JobView, 'phase' | 'model'>): string {
  if (phase === undefined) return 'Beginning';
  return phase === 'loading' && model ? `Loading ${model}` : PHASES[phase];
}

/** Of these kinds a step is a byte. */
const IN_BYTES = new Set(['download', 'hash']);

type Amounts = Pick<JobView, 'kind' | 'current_step' | 'total_steps' | 'speed' | 'time_remaining'>;

/** How far it has come, how fast, and how long it will take still, as far as that is known. */
export function progressFacts(job: Amounts): string[] {
  const { kind, current_step: step, total_steps: steps, speed, time_remaining: left } = job;
  const inBytes = IN_BYTES.has(kind);
  return [
    steps > 0 && (inBytes ? `${bytes(step)} of ${bytes(steps)}` : `step ${step} of ${steps}`),
    speed !== null && (inBytes ? `${bytes(speed)}/s` : `${speed.toFixed(1)} steps/s`),
    left !== null && left > 0 && `${timeLeft(left)} left`,
  ].filter((fact) => typeof fact === 'string');
}

/** Milliseconds to come, no more exactly than they are known: "about 8 s". */
function timeLeft(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return `about ${seconds < 60 ? `${seconds} s` : duration(milliseconds)}`;
}

/** 0 to 1; null while nothing can be counted. */
export function doneShare({ total_steps, progress }: Pick<JobView, 'total_steps' | 'progress'>) {
  return total_steps > 0 ? progress : null;
}
