import type { JobDetails } from './job.dto.js';
import { JobCancelledError, JobFailedError } from './queue.errors.js';

/** The job, if it did what it was to do. @throws JobFailedError, JobCancelledError */
export function completed(job: JobDetails): JobDetails {
  if (job.status === 'completed') return job;
  if (job.status === 'failed' && job.error) throw new JobFailedError(job.error);
  throw new JobCancelledError(job.id);
}
