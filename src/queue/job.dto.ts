import { IsUUID } from 'class-validator';
import { unixSeconds } from '../common/index.js';
import type { JobOutput } from './job-handler.js';
import type { Job, JobFailure } from './job.entity.js';
import { restingView, type JobWatch } from './job-watch.js';

export class CancelJobDto {
  @IsUUID('4', { message: 'job_id must be the id of a job' })
  job_id!: string;
}

/**
 * A job as the core API shows it (seed stable-diffusion-cpp-rest, "Queue Management"); instants in Unix
 * seconds, durations in milliseconds, speed in steps a second.
 */
export interface JobView {
  id: string;
  kind: string;
  status: Job['state'];
  prompt: string;
  queued_time: number;
  start_time: number | null;
  end_time: number | null;
  /** 1 is next; null when not waiting. */
  position: number | null;
  phase?: string;
  progress: number;
  current_step: number;
  total_steps: number;
  time_elapsed: number;
  time_remaining: number | null;
  speed: number | null;
  attempts: number;
  error: JobFailure | null;
  outputs: Array<JobOutput & { url: string }>;
}

/** What was asked for, every option with the value that was used. */
export type JobDetails = JobView & { parameters: unknown };

export function outputUrl(jobId: string, filename: string): string {
  return `/api/queue/job/${jobId}/output/${encodeURIComponent(filename)}`;
}

export function toJobView(job: Job, watch: JobWatch | undefined, position: number | null): JobView {
  return {
    id: job.id,
    kind: job.kind,
    status: job.state,
    prompt: job.title,
    queued_time: unixSeconds(job.createdAt),
    start_time: job.startedAt ? unixSeconds(job.startedAt) : null,
    end_time: job.finishedAt ? unixSeconds(job.finishedAt) : null,
    position,
    ...(watch ? watch.view() : restingView(job)),
    attempts: job.attempts,
    error: job.failure,
    outputs: (job.result?.outputs ?? []).map((output) => ({
      ...output,
      url: outputUrl(job.id, output.filename),
    })),
  };
}
