import type { JobUpdate } from '../events/index.js';
import type { Job } from './job.entity.js';
import type { JobMemory, JobPreview, JobProgress } from './job-handler.js';

/** Milliseconds on a clock that never jumps. */
export type MonotonicClock = () => number;

/** The fields of the wire that tell of progress; times in milliseconds, speed in steps a second. */
export type ProgressView = Pick<
  JobUpdate,
  | 'phase'
  | 'progress'
  | 'current_step'
  | 'total_steps'
  | 'time_elapsed'
  | 'time_remaining'
  | 'speed'
>;

/** The progress of a job that nobody works on: waiting, or ended. */
export function restingView(
  job: Pick<Job, 'state' | 'result' | 'startedAt' | 'finishedAt'>,
): ProgressView {
  const done = job.state === 'completed';
  const steps = job.result?.total_steps ?? 0;
  const elapsed =
    job.startedAt && job.finishedAt ? job.finishedAt.getTime() - job.startedAt.getTime() : 0;
  return {
    progress: done ? 1 : 0,
    current_step: steps,
    total_steps: steps,
    time_elapsed: elapsed,
    time_remaining: done ? 0 : null,
    speed: null,
  };
}

/**
 * What is known of a job in progress from moment to moment: steps, speed, time. Held in memory only;
 * a job that begins again begins from nothing.
 */
export class JobWatch {
  /** What was measured last. */
  memory: JobMemory | undefined;
  /** The latest picture in the making, and the step at which it came. */
  preview: (JobPreview & { step: number }) | undefined;
  private phase: JobUpdate['phase'];
  private step = 0;
  private totalSteps = 0;
  /** When the first step was done: the time before it holds more than a step. */
  private firstStep: { step: number; at: number } | undefined;
  private readonly startedAt: number;

  constructor(private readonly now: MonotonicClock = () => performance.now()) {
    this.startedAt = now();
  }

  apply(progress: JobProgress): void {
    this.phase = progress.phase ?? this.phase;
    this.totalSteps = progress.totalSteps ?? this.totalSteps;
    this.step = progress.step ?? this.step;
    this.memory = progress.memory ?? this.memory;
    if (progress.preview) this.preview = { ...progress.preview, step: this.step };
    if (this.step === 0) this.firstStep = undefined;
    else this.firstStep ??= { step: this.step, at: this.now() };
  }

  view(): ProgressView {
    const speed = this.speed();
    const stepsLeft = this.totalSteps - this.step;
    return {
      phase: this.phase,
      progress: this.totalSteps > 0 ? this.step / this.totalSteps : 0,
      current_step: this.step,
      total_steps: this.totalSteps,
      time_elapsed: Math.round(this.now() - this.startedAt),
      time_remaining: speed === null ? null : Math.round((stepsLeft / speed) * 1000),
      speed: speed === null ? null : Math.round(speed * 100) / 100,
    };
  }

  private speed(): number | null {
    if (!this.firstStep || this.step <= this.firstStep.step) return null;
    const seconds = (this.now() - this.firstStep.at) / 1000;
    return seconds > 0 ? (this.step - this.firstStep.step) / seconds : null;
  }
}
