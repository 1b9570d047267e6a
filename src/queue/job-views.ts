import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { can, User, type JobOperation, type Permission, type Principal } from '../auth/index.js';
import { JobAccess } from './job-access.js';
import { toJobView, type JobDetails, type JobView } from './job.dto.js';
import type { Job } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import { JobRunner } from './job-runner.js';
import { JobNotFoundError } from './queue.errors.js';

/** What reaches the jobs of everybody; to try somebody's job again takes what it takes to cancel it. */
const FOR_OTHERS: Readonly<Record<Exclude<JobOperation, 'create'>, Permission>> = {
  read: 'job:read_all',
  cancel: 'job:cancel_all',
  retry: 'job:cancel_all',
  delete: 'job:delete_all',
};

/** What the permission to create jobs of a kind comes with. */
const MAKERS: readonly JobOperation[] = ['read', 'cancel'];

/** Jobs as a caller may see them. */
@Injectable()
export class JobViews {
  constructor(
    private readonly jobs: JobRepository,
    private readonly runner: JobRunner,
    private readonly access: JobAccess,
    @InjectRepository(User) private readonly users: Repository<User>,
  ) {}

  /**
   * The caller's own job, or anybody's for who may do this to the jobs of all.
   * @throws JobNotFoundError also for a job of somebody else, one of a kind that the caller does not see,
   * and one that was deleted; InsufficientPermissionsError for what the caller may not do to its kind.
   */
  async find(principal: Principal, id: string, operation: keyof typeof FOR_OTHERS): Promise<Job> {
    const job = await this.jobs.find(id);
    if (job?.deletedAt !== null || !this.reaches(principal, job, operation))
      throw new JobNotFoundError(id);
    this.check(principal, job, operation);
    return job;
  }

  /** @throws JobNotFoundError, InsufficientPermissionsError */
  check(
    principal: Principal,
    { id, kind }: Pick<Job, 'id' | 'kind'>,
    operation: keyof typeof FOR_OTHERS,
  ): void {
    if (this.access.may(principal, operation, kind)) return;
    if (!this.access.isVisible(principal, kind)) throw new JobNotFoundError(id);
    // Whoever has made a job may follow it, and give it up.
    if (this.access.may(principal, 'create', kind) && MAKERS.includes(operation)) return;
    this.access.assert(principal, operation, kind);
  }

  private reaches(
    principal: Principal,
    { ownerId }: Job,
    operation: keyof typeof FOR_OTHERS,
  ): boolean {
    return ownerId === principal.userId || can(principal, FOR_OTHERS[operation]);
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
