import type { JobUpdate } from '../events/index.js';
import type { JobProgress } from './job-handler.js';

/** Milliseconds on a clock that never jumps. */
export type MonotonicClock = () => number;

/**
 * What is known of a job in progress from moment to moment: steps, speed, time. Held in memory only;
 * a job that begins again begins from nothing.
 */
export class JobWatch {
  private phase: JobUpdate['phase'];
  private step = 0;
  private totalSteps = 0;
  private samplingSince: number | undefined;
  private readonly startedAt: number;

  constructor(private readonly now: MonotonicClock = () => performance.now()) {
    this.startedAt = now();
  }

  apply(progress: JobProgress): void {
    this.phase = progress.phase ?? this.phase;
    this.totalSteps = progress.totalSteps ?? this.totalSteps;
    this.step = progress.step ?? this.step;
    if (this.phase === 'sampling') this.samplingSince ??= this.now();
  }

  /** The fields of the wire that tell of progress; times in milliseconds, speed in steps a second. */
  view(): Pick<
    JobUpdate,
    | 'phase'
    | 'progress'
    | 'current_step'
    | 'total_steps'
    | 'time_elapsed'
    | 'time_remaining'
    | 'speed'
  > {
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
    if (this.samplingSince === undefined || this.step === 0) return null;
    const seconds = (this.now() - this.samplingSince) / 1000;
    return seconds > 0 ? this.step / seconds : null;
  }
}
