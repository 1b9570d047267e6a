import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type FindOptionsWhere, type Repository } from 'typeorm';
import type { Principal } from '../auth/index.js';
import { JobAccess } from './job-access.js';
import type { JobPreview } from './job-handler.js';
import type { JobDetails } from './job.dto.js';
import { Job } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import { JobRunner } from './job-runner.js';
import { JobViews } from './job-views.js';
import { DEFAULT_LANE, type Lane } from './lanes.js';
import { JobFinishedError } from './queue.errors.js';
import { QueueService } from './queue.service.js';

/** A picture in the making, and how far it was. */
export interface StepPreview extends JobPreview {
  step: number;
}

/** Which of the caller's unfinished jobs. */
export interface OpenFilter {
  /** Default: the engine's. */
  lane?: Lane;
  /** Default: all. */
  kinds?: string[];
}

/** What a caller has in work right now, for APIs that know no job by its id. */
@Injectable()
export class OwnJobs {
  constructor(
    @InjectRepository(Job) private readonly jobs: Repository<Job>,
    private readonly repository: JobRepository,
    private readonly runner: JobRunner,
    private readonly views: JobViews,
    private readonly queue: QueueService,
    private readonly access: JobAccess,
  ) {}

  /** The caller's job in progress, else the one of theirs whose turn is next; undefined where they have none. */
  async current(principal: Principal, filter: OpenFilter = {}): Promise<JobDetails | undefined> {
    const [running] = await this.running(principal, filter);
    const job = running ?? (await this.next(principal, filter));
    return job && (await this.views.details(principal, [job]))[0];
  }

  /**
   * Cancels what the caller has in progress; settles when it has ended. The engine gives the pictures of a
   * job all at once, so that none are kept.
   * @returns ids of the jobs.
   */
  async interrupt(principal: Principal, filter: OpenFilter = {}): Promise<string[]> {
    const running = await this.running(principal, filter);
    const cancelled = await Promise.all(running.map(({ id }) => this.cancel(principal, id)));
    return cancelled.flatMap((id) => id ?? []);
  }

  /** The latest picture in the making of a job in progress, whoever's it is; kept in memory while it runs. */
  preview(id: string): StepPreview | undefined {
    return this.runner.watchOf(id)?.preview;
  }

  private running(principal: Principal, filter: OpenFilter): Promise<Job[]> {
    const where = { ...this.whereOf(principal, filter), state: 'processing' as const };
    return this.jobs.find({ where, order: { startedAt: 'ASC', sequence: 'ASC' } });
  }

  private async next(principal: Principal, filter: OpenFilter): Promise<Job | undefined> {
    const where = { ...this.whereOf(principal, filter), state: 'queued' as const };
    const order = { blocked: 'ASC', ...this.repository.order } as const;
    return (await this.jobs.findOne({ where, order })) ?? undefined;
  }

  private whereOf(
    principal: Principal,
    { lane = DEFAULT_LANE, kinds: wanted }: OpenFilter,
  ): FindOptionsWhere<Job> {
    const kinds = this.access.narrow(principal, wanted);
    return { ownerId: principal.userId, lane, ...(kinds ? { kind: In(kinds) } : {}) };
  }

  private async cancel(principal: Principal, id: string): Promise<string | undefined> {
    try {
      await this.queue.cancel(principal, id);
      return id;
    } catch (error) {
      if (error instanceof JobFinishedError) return undefined;
      throw error;
    }
  }
}
