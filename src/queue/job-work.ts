import { Injectable, Logger } from '@nestjs/common';
import { messageOf, toAppError } from '../common/index.js';
import { EngineError } from '../engine/index.js';
import { CANCELLED, STOPPING, type ActiveJob } from './active-job.js';
import { JobOwners } from './job-owners.js';
import { JobEndings } from './job-endings.js';
import type { JobHandler, JobProgress, RunningJob } from './job-handler.js';
import { JobAnnouncer } from './job-announcer.js';
import type { Job, JobFailure } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import { OwnerNotPermittedError, RetryJobError } from './queue.errors.js';

/** Attempts that may fail for a passing reason before a job is given up; deaths of the server do not count. */
export const MAX_FAILED_ATTEMPTS = 2;

/** Writes the next state of a job; false where it has another one already. */
type Ending = () => Promise<boolean>;

/** Whether another attempt may go well: the engine died, or the handler says so. */
function isPassing(error: unknown): error is Error {
  return error instanceof RetryJobError || (error instanceof EngineError && error.isDeath);
}

/** Brings a job that was begun to an honest end. */
@Injectable()
export class JobWork {
  private readonly logger = new Logger(JobWork.name);

  constructor(
    private readonly jobs: JobRepository,
    private readonly announcer: JobAnnouncer,
    private readonly owners: JobOwners,
    private readonly endings: JobEndings,
  ) {}

  /** Does the job once. Settles when its row has the next state. */
  async attempt(active: ActiveJob, handler: JobHandler | undefined): Promise<void> {
    const { job } = active;
    this.announcer.begun(job, active.watch);
    const unwatch = this.owners.onLoss(job, (error) => active.abort.abort(error));
    let ending: Ending;
    try {
      if (!handler) throw new Error(`No handler for jobs of kind "${job.kind}".`);
      await this.owners.assertPermitted(job);
      const result = await handler(this.view(active));
      const { total_steps } = active.watch.view();
      const { memory } = active.watch;
      ending = () => this.jobs.complete(job.id, { ...result, total_steps }, memory);
    } catch (error) {
      ending = this.endingOf(active, error);
    } finally {
      unwatch();
    }
    await this.endings.write(job.id, ending, () => active.stuck.resolve());
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

  private endingOf({ job, abort }: ActiveJob, error: unknown): Ending {
    if (abort.signal.reason === CANCELLED) return () => this.jobs.cancel(job.id);
    if (abort.signal.reason === STOPPING)
      return () => this.jobs.requeue(job.id, { attempts: job.attempts - 1 });
    const failedAttempts = job.failedAttempts + 1;
    const { reason } = abort.signal as { reason: unknown };
    if (reason instanceof OwnerNotPermittedError)
      return () => this.jobs.fail(job.id, this.failureOf(job, reason), { failedAttempts });
    if (isPassing(error) && failedAttempts < MAX_FAILED_ATTEMPTS) {
      this.logger.warn(`Job ${job.id} will be tried again: ${error.message}`);
      return () => this.jobs.requeue(job.id, { failedAttempts });
    }
    const failure = this.failureOf(job, error);
    return () => this.jobs.fail(job.id, failure, { failedAttempts });
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
