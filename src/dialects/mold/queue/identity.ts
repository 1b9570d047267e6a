import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { AppError } from '../../../common/index.js';
import { QueueService, type JobDetails } from '../../../queue/index.js';

/** Tags by which the jobs of batches are found again. A retry has those of the job that it is a retry of. */
export const TAGS = {
  batch: 'mold.batch',
  /** What the job is called here, whichever try of it. */
  job: 'mold.job',
  index: 'mold.index',
  /** What the whole batch asked for. */
  content: 'mold.content',
} as const;

/** What its clients call a job: the same for every try of a job of a batch, the id of the core for others. */
export function idOf({ id, origin }: Pick<JobDetails, 'id' | 'origin'>): string {
  return origin?.tags?.[TAGS.job] ?? id;
}

/** Jobs by what this API calls them. */
@Injectable()
export class MoldJobs {
  constructor(private readonly queue: QueueService) {}

  /** The latest try. @throws JobNotFoundError also for a job of somebody else */
  async find(caller: Principal, id: string): Promise<JobDetails> {
    const [latest] = await this.queue.tagged(caller, TAGS.job, id);
    return latest ?? this.queue.job(caller, id);
  }

  /** @throws JobNotFoundError, JobFinishedError */
  async cancel(caller: Principal, id: string): Promise<void> {
    const job = await this.find(caller, id);
    await this.queue.cancel(caller, job.id);
  }

  /** Cancels those of them that have not ended. */
  async cancelOpen(caller: Principal, jobs: readonly JobDetails[]): Promise<void> {
    const open = jobs.filter(({ status }) => status === 'queued' || status === 'processing');
    await Promise.all(open.map(({ id }) => this.cancelOne(caller, id)));
  }

  private async cancelOne(caller: Principal, id: string): Promise<void> {
    try {
      await this.queue.cancel(caller, id);
    } catch (error) {
      // It may have ended meanwhile.
      if (!(error instanceof AppError)) throw error;
    }
  }
}
