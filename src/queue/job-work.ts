import { Injectable, Logger } from '@nestjs/common';
import { messageOf, toAppError } from '../common/index.js';
import { CANCELLED, STOPPING, type ActiveJob } from './active-job.js';
import { JobOwners } from './job-owners.js';
import type { JobHandler, JobProgress, RunningJob } from './job-handler.js';
import { JobAnnouncer } from './job-announcer.js';
import type { Job, JobFailure } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import { RetryJobError } from './queue.errors.js';

/** Attempts that may fail for a passing reason before a job is given up; deaths of the server do not count. */
export const MAX_FAILED_ATTEMPTS = 2;

/** Brings a job that was begun to an honest end. */
@Injectable()
export class JobWork {
  private readonly logger = new Logger(JobWork.name);

  constructor(
    private readonly jobs: JobRepository,
    private readonly announcer: JobAnnouncer,
    private readonly owners: JobOwners,
  ) {}

  /** Does the job once. Settles when its row has the next state. */
  async attempt(active: ActiveJob, handler: JobHandler | undefined): Promise<void> {
    const { job } = active;
    this.announcer.begun(job, active.watch);
    try {
      if (!handler) throw new Error(`No handler for jobs of kind "${job.kind}".`);
      await this.owners.assertPermitted(job);
      const result = await handler(this.view(active));
      const { total_steps } = active.watch.view();
      await this.jobs.complete(job.id, { ...result, total_steps }, active.watch.memory);
    } catch (error) {
      await this.settleFailure(active, error);
    }
  }

  /** Puts a job back that a death of the server left in progress. */
  async recover(job: Job): Promise<void> {
    await this.jobs.recover(job);
    this.logger.warn(`Job ${job.id} was interrupted by the end of the server and will run again`);
  }

  private view({ job, watch, abort }: ActiveJob): RunningJob {
    return {
      id: job.id,
      ownerId: job.ownerId,
      attempt: job.attempts,
      request: job.request,
      signal: abort.signal,
      report: (progress: JobProgress) => {
        watch.apply(progress);
        this.announcer.progress(job, watch, progress.preview);
      },
    };
  }

  private async settleFailure({ job, abort }: ActiveJob, error: unknown): Promise<void> {
    if (abort.signal.reason === CANCELLED) {
      await this.jobs.cancel(job.id);
      return;
    }
    if (abort.signal.reason === STOPPING) {
      await this.jobs.requeue(job.id, { attempts: job.attempts - 1 });
      return;
    }
    const failedAttempts = job.failedAttempts + 1;
    if (error instanceof RetryJobError && failedAttempts < MAX_FAILED_ATTEMPTS) {
      this.logger.warn(`Job ${job.id} will be tried again: ${error.message}`);
      await this.jobs.requeue(job.id, { failedAttempts });
      return;
    }
    await this.jobs.fail(job.id, this.failureOf(job, error), { failedAttempts });
  }

  private failureOf(job: Job, error: unknown): JobFailure {
    const known = toAppError(error instanceof RetryJobError ? error.reason : error);
    if (known.code === 'INTERNAL_ERROR') {
      this.logger.error(
        `Job ${job.id} failed: ${messageOf(error)}`,
        error instanceof Error ? error.stack : undefined,
      );
      return {
        code: known.code,
        message: `The job failed through a fault of the server; its log has the details under ${job.id}.`,
      };
    }
    return { code: known.code, message: known.message };
  }
}
