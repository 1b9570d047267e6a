import type { JobUpdate } from '../events/index.js';

/** How far a job has come; what is left out stays as it was. */
export interface JobProgress {
  phase?: JobUpdate['phase'];
  /** Steps done over all pictures of the job. */
  step?: number;
  totalSteps?: number;
  /** The picture in the making; the latest is kept while the job is in progress. */
  preview?: JobPreview;
  /** What the job took in memory at its peak; kept when it is completed. */
  memory?: JobMemory;
}

/** A picture in the making; sides in pixels. */
export interface JobPreview {
  jpeg: Uint8Array;
  width: number;
  height: number;
}

/** Memory in bytes. */
export interface JobMemory {
  ram: number;
  /** Of graphics cards and the like; null where none was measured. */
  device: number | null;
}

/** One finished file of a job. */
export interface JobOutput {
  filename: string;
  content_type: string;
  /** Bytes. */
  size: number;
  width: number;
  height: number;
  /** Absent where nothing was drawn by chance. */
  seed?: number;
}

export interface JobResult {
  outputs: JobOutput[];
}

/** A result as it is kept with its job. */
export interface StoredResult extends JobResult {
  /** Steps that were done over all pictures. */
  total_steps: number;
}

/** A job as its handler sees it. */
export interface RunningJob {
  readonly id: string;
  readonly ownerId: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** What was stored when the job was created. */
  readonly request: unknown;
  /** Aborted when the job is cancelled or the server stops; the handler ends by throwing. */
  readonly signal: AbortSignal;
  report(progress: JobProgress): void;
}

/**
 * Does the work of one kind of job. Whatever it has written must be whole when it returns. It throws
 * {@link RetryJobError} for what is worth another try, and an AppError, whose message the job's owner
 * reads, for what is not.
 */
export type JobHandler = (job: RunningJob) => Promise<JobResult>;
