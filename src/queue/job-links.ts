import { Injectable } from '@nestjs/common';
import { JobAnnouncer } from './job-announcer.js';
import type { Job } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import { PrerequisiteFailedError } from './queue.errors.js';

/** Jobs that wait for another one: they become free when it has completed, and fail when it did not. */
@Injectable()
export class JobLinks {
  constructor(
    private readonly jobs: JobRepository,
    private readonly announcer: JobAnnouncer,
  ) {}

  /**
   * To be called when a job has ended; harmless at any other time.
   * @returns whether a job has become free to begin.
   */
  async follow(id: string): Promise<boolean> {
    const waiting = await this.jobs.waitingFor(id);
    if (waiting.length === 0) return false;
    const first = await this.jobs.find(id);
    if (first?.state === 'queued' || first?.state === 'processing') return false;
    for (const job of waiting) await this.settle(job, first?.state ?? 'gone');
    return first?.state === 'completed';
  }

  private async settle(job: Job, state: string): Promise<void> {
    if (state === 'completed') await this.jobs.release(job);
    else {
      const { code, message } = new PrerequisiteFailedError(job.after ?? '', state);
      await this.jobs.fail(job.id, { code, message });
    }
    await this.announcer.announce(job.id);
    await this.follow(job.id);
  }
}
