import { randomUUID } from 'node:crypto';
import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { can, type Principal } from '../auth/index.js';
import { JobAnnouncer } from './job-announcer.js';
import { toJobView, type JobDetails, type JobView, type QueueStatus } from './job.dto.js';
import type { Job } from './job.entity.js';
import type { JobHandler } from './job-handler.js';
import { JobRepository } from './job.repository.js';
import { JobRunner } from './job-runner.js';
import { isFinal } from './job-state.js';
import { JobFinishedError, JobNotFoundError } from './queue.errors.js';

/** How many finished jobs the status shows besides the unfinished ones. */
const FINISHED_SHOWN = 50;

export interface NewJob {
  kind: string;
  /** What a list shows of it. */
  title: string;
  /** Handed to the kind's handler; plain JSON. */
  request: object;
}

/** The queue as the other rooms and the API see it. It knows no kinds of work: handlers are registered. */
@Injectable()
export class QueueService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly jobs: JobRepository,
    private readonly runner: JobRunner,
    private readonly announcer: JobAnnouncer,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.runner.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.runner.stop();
  }

  /** Declares who does jobs of a kind; to be called before the application has started. */
  handle(kind: string, handler: JobHandler): void {
    this.runner.register(kind, handler);
  }

  /** Stores a job and returns its id; from here on it is not lost. */
  async submit(principal: Principal, job: NewJob): Promise<string> {
    if (!this.runner.knows(job.kind)) throw new Error(`No handler for jobs of kind "${job.kind}".`);
    const id = randomUUID();
    await this.jobs.add({ id, ownerId: principal.userId, ...job });
    await this.announcer.announce(id);
    this.runner.wake();
    return id;
  }

  /** @throws JobNotFoundError also for a job of somebody else, unless the caller may see all. */
  async job(principal: Principal, id: string): Promise<JobDetails> {
    const job = await this.visible(principal, id);
    return Object.assign(await this.view(job), { parameters: job.request });
  }

  async status(principal: Principal): Promise<QueueStatus> {
    const owner = can(principal, 'job:read_all') ? undefined : principal.userId;
    const [size, active, jobs] = await Promise.all([
      this.jobs.count('queued'),
      this.jobs.count('processing'),
      this.jobs.overview(owner, FINISHED_SHOWN),
    ]);
    return {
      size,
      active_generations: active,
      running: this.runner.isRunning,
      jobs: await Promise.all(jobs.map((job) => this.view(job))),
    };
  }

  /**
   * Ends a queued job at once, a running one at its next step; settles when it has ended.
   * @throws JobNotFoundError, JobFinishedError
   */
  async cancel(principal: Principal, id: string): Promise<void> {
    const job = await this.visible(principal, id);
    if (job.ownerId !== principal.userId && !can(principal, 'job:cancel_all'))
      throw new JobNotFoundError(id);
    if (isFinal(job.state)) throw new JobFinishedError(id, job.state);
    if (await this.jobs.cancelQueued(id)) {
      await this.announcer.announce(id);
      return;
    }
    await this.runner.cancel(id);
    const after = await this.jobs.find(id);
    if (after?.state === 'queued') return this.cancel(principal, id);
    if (after?.state !== 'cancelled') throw new JobFinishedError(id, after?.state ?? 'gone');
  }

  /** Whether the job has come to its end, whoever asks; false for a job that does not exist. */
  async isFinished(id: string): Promise<boolean> {
    const job = await this.jobs.find(id);
    return job !== null && isFinal(job.state);
  }

  private async visible(principal: Principal, id: string): Promise<Job> {
    const job = await this.jobs.find(id);
    if (job && (job.ownerId === principal.userId || can(principal, 'job:read_all'))) return job;
    throw new JobNotFoundError(id);
  }

  private async view(job: Job): Promise<JobView> {
    const position = job.state === 'queued' ? await this.jobs.position(job) : null;
    return toJobView(job, this.runner.watchOf(job.id), position);
  }
}
