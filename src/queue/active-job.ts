import type { Job } from './job.entity.js';
import type { JobWatch } from './job-watch.js';

/** Why a job in progress is told to stop: the reason of its signal. */
export const CANCELLED = Symbol('cancelled by its owner');
export const STOPPING = Symbol('the server stops');

/** A job that is being worked on. */
export interface ActiveJob {
  job: Job;
  watch: JobWatch;
  abort: AbortController;
  /** Settled when the row has its next state. */
  ended: Promise<void>;
  /** Resolved when that state cannot be written for want of room. */
  stuck: PromiseWithResolvers<void>;
}
