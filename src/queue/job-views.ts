import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { can, User, type Permission, type Principal } from '../auth/index.js';
import { toJobView, type JobDetails, type JobView } from './job.dto.js';
import type { Job } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import { JobRunner } from './job-runner.js';
import { JobNotFoundError } from './queue.errors.js';

/** Jobs as a caller may see them. */
@Injectable()
export class JobViews {
  constructor(
    private readonly jobs: JobRepository,
    private readonly runner: JobRunner,
    @InjectRepository(User) private readonly users: Repository<User>,
  ) {}

  /**
   * The caller's own job, or anybody's for who has this permission.
   * @throws JobNotFoundError also for a job of somebody else, and one that was deleted.
   */
  async find(principal: Principal, id: string, forOthers: Permission): Promise<Job> {
    const job = await this.jobs.find(id);
    if (job?.deletedAt === null && (job.ownerId === principal.userId || can(principal, forOthers)))
      return job;
    throw new JobNotFoundError(id);
  }

  async one(principal: Principal, job: Job): Promise<JobView> {
    const place = job.state === 'queued' ? await this.jobs.position(job) : null;
    const owners = await this.ownersOf(principal, [job]);
    return Object.assign(toJobView(job, this.runner.watchOf(job.id), place), owners(job));
  }

  async many(principal: Principal, jobs: Job[]): Promise<JobView[]> {
    const waiting = jobs.some(({ state }) => state === 'queued');
    const owner = can(principal, 'job:read_all') ? undefined : principal.userId;
    const places = waiting ? await this.jobs.positions(owner) : new Map<number, number>();
    const owners = await this.ownersOf(principal, jobs);
    return jobs.map((job) => {
      const place = places.get(job.sequence) ?? null;
      return Object.assign(toJobView(job, this.runner.watchOf(job.id), place), owners(job));
    });
  }

  /** With what was asked for. */
  async details(principal: Principal, jobs: Job[]): Promise<JobDetails[]> {
    const views = await this.many(principal, jobs);
    return views.map((view, index) => {
      const { request: parameters, origin = null } = jobs[index] ?? {};
      return Object.assign(view, { parameters, origin });
    });
  }

  /** Whose job it is, for who may see the jobs of all. */
  private async ownersOf(
    principal: Principal,
    jobs: Job[],
  ): Promise<(job: Job) => Pick<JobView, 'owner'>> {
    if (!can(principal, 'job:read_all')) return () => ({});
    const ids = [...new Set(jobs.map(({ ownerId }) => ownerId))];
    const users = await this.users.find({
      select: { id: true, username: true },
      where: { id: In(ids) },
    });
    const names = new Map(users.map(({ id, username }) => [id, username]));
    return ({ ownerId }) => ({ owner: { id: ownerId, username: names.get(ownerId) ?? '' } });
  }
}
