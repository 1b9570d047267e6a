import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { can, InsufficientPermissionsError, User, type Principal } from '../auth/index.js';
import { pageInfo, pageWindow, type SortOrder } from '../common/index.js';
import type { HistoryDto, HistoryQueryDto } from './history.dto.js';
import { JobAccess } from './job-access.js';
import { dayOf, JobArchive } from './job-archive.js';
import type { JobDetails } from './job.dto.js';
import type { HistoryFilter } from './history-query.js';
import { JobRemoval } from './job-removal.js';
import { JobViews } from './job-views.js';
import { isFinal, type JobState } from './job-state.js';
import { JobNotFoundError, JobUnfinishedError } from './queue.errors.js';

/** Which of the caller's own jobs. */
export type OwnFilter = Omit<HistoryFilter, 'ownerId'>;

export interface JobListQuery extends OwnFilter {
  limit: number;
  /** How many to leave out before; default none. */
  offset?: number;
  /** By the time of submission; default the newest first. */
  sort?: SortOrder;
  /** The jobs of all users, for who may see them. */
  everybody?: boolean;
}

export interface JobList {
  jobs: JobDetails[];
  /** How many there are without the limit. */
  total: number;
}

export interface JobDay {
  /** YYYY-MM-DD, as the server's clock has it. */
  day: string;
  /** How many jobs of this day pass the filter, on this part of the list or not. */
  count: number;
  /** Those on this part of the list. */
  jobs: JobDetails[];
}

/**
 * Whose jobs: the caller's own, or those of everybody (undefined) for who may see them.
 * @throws InsufficientPermissionsError
 */
export function whoseOf(principal: Principal, everybody = false): string | undefined {
  if (!everybody) return principal.userId;
  if (can(principal, 'job:read_all')) return undefined;
  throw new InsufficientPermissionsError('job:read_all');
}

/** Matches nobody: ids of users are never empty. */
const NOBODY = '';

/** Looks back over jobs, and removes them. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly archive: JobArchive,
    private readonly removal: JobRemoval,
    private readonly views: JobViews,
    private readonly access: JobAccess,
    @InjectRepository(User) private readonly users: Repository<User>,
  ) {}

  /** @throws InsufficientPermissionsError for another's jobs, unless the caller may see all. */
  async search(principal: Principal, query: HistoryQueryDto): Promise<HistoryDto> {
    const { status, kind, model, search, from, to } = query;
    const ownerId = await this.ownerOf(principal, query.owner);
    const kinds = this.access.narrow(principal, kind === undefined ? undefined : [kind]);
    const filter = { ownerId, states: status, kinds, model, search, from, to };
    const { skip: offset, take: limit } = pageWindow(query);
    const window = { offset, limit, sort: query.sort_order };
    const { jobs, total } = await this.archive.search(filter, window);
    return { jobs: await this.views.many(principal, jobs), ...pageInfo(query, total) };
  }

  /**
   * Removes a job that has ended, and its files, for good.
   * @throws JobNotFoundError, JobUnfinishedError
   */
  async remove(principal: Principal, id: string): Promise<void> {
    const { state } = await this.views.find(principal, id, 'delete');
    if (!isFinal(state)) throw new JobUnfinishedError(id, state);
    if (!(await this.removal.remove(id))) throw new JobNotFoundError(id);
  }

  /**
   * A part of the caller's own jobs, the newest first unless it says otherwise.
   * @throws InsufficientPermissionsError where it asks for those of everybody
   */
  async list(principal: Principal, query: JobListQuery): Promise<JobList> {
    const { jobs, total } = await this.archive.search(this.filterOf(principal, query), query);
    return { jobs: await this.views.details(principal, jobs), total };
  }

  /** The same part, day by day as the server's clock has them. */
  async days(
    principal: Principal,
    query: JobListQuery,
  ): Promise<{ days: JobDay[]; total: number }> {
    const filter = this.filterOf(principal, query);
    const { jobs, total } = await this.archive.search(filter, query);
    const counts = await this.archive.countByDay(filter, jobs);
    const details = await this.views.details(principal, jobs);
    const days = new Map<string, JobDay>();
    for (const [index, job] of jobs.entries()) {
      const day = dayOf(job.createdAt);
      const entry = days.get(day) ?? { day, count: counts.get(day) ?? 0, jobs: [] };
      const view = details[index];
      if (view) entry.jobs.push(view);
      days.set(day, entry);
    }
    return { days: [...days.values()], total };
  }

  /**
   * How many of the caller's own jobs, or of everybody's, of these kinds or of all, are in each state.
   * @throws InsufficientPermissionsError where it asks for those of everybody
   */
  async counts(
    principal: Principal,
    kinds?: string[],
    everybody?: boolean,
  ): Promise<Record<JobState, number>> {
    return this.archive.countByState(
      whoseOf(principal, everybody),
      this.access.narrow(principal, kinds),
    );
  }

  /** The titles that the caller gave to jobs, in their order; a thousand at most. */
  labels(principal: Principal): Promise<string[]> {
    return this.archive.labelsOf(principal.userId);
  }

  /** @throws InsufficientPermissionsError */
  private filterOf(
    principal: Principal,
    { everybody, ...filter }: OwnFilter & Pick<JobListQuery, 'everybody'>,
  ): HistoryFilter {
    const kinds = this.access.narrow(principal, filter.kinds);
    return { ...filter, kinds, ownerId: whoseOf(principal, everybody) };
  }

  private async ownerOf(
    principal: Principal,
    wanted: string | undefined,
  ): Promise<string | undefined> {
    const isOwn = wanted === principal.userId || wanted === principal.username;
    if (can(principal, 'job:read_all')) return wanted === undefined ? undefined : this.idOf(wanted);
    if (wanted === undefined || isOwn) return principal.userId;
    throw new InsufficientPermissionsError('job:read_all');
  }

  private async idOf(nameOrId: string): Promise<string> {
    const usernameKey = nameOrId.toLowerCase();
    const user = await this.users.findOne({
      select: { id: true },
      where: [{ id: nameOrId }, { usernameKey }],
    });
    return user?.id ?? NOBODY;
  }
}
