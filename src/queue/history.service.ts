import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { can, InsufficientPermissionsError, User, type Principal } from '../auth/index.js';
import { pageInfo } from '../common/index.js';
import type { HistoryDto, HistoryQueryDto } from './history.dto.js';
import { JobArchive } from './job-archive.js';
import { JobViews } from './job-views.js';
import { isFinal } from './job-state.js';
import { JobNotFoundError, JobUnfinishedError } from './queue.errors.js';

/** Removes what a room has kept for a job. */
export type RemovalHook = (jobId: string) => Promise<void>;

/** Matches nobody: ids of users are never empty. */
const NOBODY = '';

/** Looks back over jobs, and removes them. */
@Injectable()
export class HistoryService {
  private readonly hooks: RemovalHook[] = [];

  constructor(
    private readonly archive: JobArchive,
    private readonly views: JobViews,
    @InjectRepository(User) private readonly users: Repository<User>,
  ) {}

  /** Has this done before a job is removed. */
  onRemoval(hook: RemovalHook): void {
    this.hooks.push(hook);
  }

  /** @throws InsufficientPermissionsError for another's jobs, unless the caller may see all. */
  async search(principal: Principal, query: HistoryQueryDto): Promise<HistoryDto> {
    const { status, kind, model, search, from, to } = query;
    const ownerId = await this.ownerOf(principal, query.owner);
    const filter = { ownerId, states: status, kind, model, search, from, to };
    const { jobs, total } = await this.archive.search(filter, query);
    return { jobs: await this.views.many(principal, jobs), ...pageInfo(query, total) };
  }

  /**
   * Removes a job that has ended, and its files.
   * @throws JobNotFoundError, JobUnfinishedError
   */
  async remove(principal: Principal, id: string): Promise<void> {
    const { state } = await this.views.find(principal, id, 'job:delete_all');
    if (!isFinal(state)) throw new JobUnfinishedError(id, state);
    // Files first: should the server stop in between, the row is still there to be removed again.
    for (const hook of this.hooks) await hook(id);
    if (!(await this.archive.remove(id))) throw new JobNotFoundError(id);
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
