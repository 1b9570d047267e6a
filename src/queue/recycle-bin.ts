import { TrustedClock } from '../storage/index.js';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { can, type Principal } from '../auth/index.js';
import { AppError, messageOf, unixSeconds } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { EventBus } from '../events/index.js';
import type { HistoryFilter } from './history-query.js';
import { BinnedJobs } from './binned-jobs.js';
import { JobAccess } from './job-access.js';
import type { JobDetails } from './job.dto.js';
import type { Job } from './job.entity.js';
import { JobRemoval } from './job-removal.js';
import { isFinal } from './job-state.js';
import { JobViews } from './job-views.js';
import { JobNotFoundError, JobUnfinishedError } from './queue.errors.js';

const MINUTE_MS = 60 * 1000;

export interface BinnedJob extends JobDetails {
  /** Unix time in seconds. */
  deleted_at: number;
}

/** What became of one of several jobs that were to be deleted or restored. */
export interface DeletionOutcome {
  id: string;
  /** Why it is still where it was; absent when it was done. */
  error?: AppError;
}

async function outcomesOf(
  ids: string[],
  work: (id: string) => Promise<void>,
): Promise<DeletionOutcome[]> {
  const outcomes: DeletionOutcome[] = [];
  for (const id of ids) {
    try {
      await work(id);
      outcomes.push({ id });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      outcomes.push({ id, error });
    }
  }
  return outcomes;
}

/**
 * Where deleted jobs wait to be restored or removed for good. A job in the bin is nowhere else: in no list,
 * by no id, and its outputs are not served. Without a bin, what is deleted is gone.
 */
@Injectable()
export class RecycleBin implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RecycleBin.name);
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<unknown> = Promise.resolve();

  /** Whether there is a bin. */
  readonly isEnabled: boolean;
  /** How long a job stays in it, in minutes. */
  readonly minutes: number;

  constructor(
    @Inject(CONFIG) { queue }: Config,
    private readonly binned: BinnedJobs,
    private readonly removal: JobRemoval,
    private readonly views: JobViews,
    private readonly access: JobAccess,
    private readonly events: EventBus,
    private readonly clock: TrustedClock,
  ) {
    this.isEnabled = queue.bin;
    this.minutes = queue.binMinutes;
  }

  onApplicationBootstrap(): void {
    this.sweepSafely();
    this.timer = setInterval(() => this.sweepSafely(), MINUTE_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /**
   * Deletes a job that has ended.
   * @throws JobNotFoundError, JobUnfinishedError
   */
  async delete(principal: Principal, id: string): Promise<void> {
    const job = await this.views.find(principal, id, 'delete');
    if (!isFinal(job.state)) throw new JobUnfinishedError(id, job.state);
    const done = this.isEnabled ? await this.binned.put(id) : await this.removal.remove(id);
    if (!done) throw new JobNotFoundError(id);
    this.events.emit('job.deleted', {
      ownerId: job.ownerId,
      kind: job.kind,
      jobId: id,
      restorable: this.isEnabled,
    });
  }

  /** Deletes several jobs, each as {@link delete} does, and says what became of each. */
  deleteAll(principal: Principal, ids: string[]): Promise<DeletionOutcome[]> {
    return outcomesOf(ids, (id) => this.delete(principal, id));
  }

  /** Deletes all jobs of the caller that have ended and pass the filter. @returns how many */
  async deleteEnded(principal: Principal, filter: Omit<HistoryFilter, 'ownerId'>): Promise<number> {
    const kinds = this.access.narrowFor('delete', principal, filter.kinds);
    const ids = await this.binned.ended({ ...filter, kinds, ownerId: principal.userId });
    const outcomes = await this.deleteAll(principal, ids);
    return outcomes.filter(({ error }) => !error).length;
  }

  /** What the caller has in the bin, the latest first, and how much that is in all. */
  async list(
    principal: Principal,
    window: { offset?: number; limit: number },
  ): Promise<{ jobs: BinnedJob[]; total: number }> {
    const { jobs, total } = await this.binned.of(
      { ownerId: principal.userId, kinds: this.access.narrow(principal) },
      { offset: window.offset ?? 0, limit: window.limit },
    );
    const details = await this.views.details(principal, jobs);
    return {
      jobs: details.map((view, index) =>
        Object.assign(view, { deleted_at: unixSeconds(jobs[index]?.deletedAt ?? new Date()) }),
      ),
      total,
    };
  }

  /** Takes a job out of the bin, as it was. @throws JobNotFoundError where it is not in the caller's bin. */
  async restore(principal: Principal, id: string): Promise<void> {
    const { ownerId, kind, state } = await this.find(principal, id);
    if (!(await this.binned.take(id))) throw new JobNotFoundError(id);
    this.events.emit('job.restored', { ownerId, kind, jobId: id, status: state });
  }

  /** Takes several jobs out of the bin, each as {@link restore} does, and says what became of each. */
  restoreAll(principal: Principal, ids: string[]): Promise<DeletionOutcome[]> {
    return outcomesOf(ids, (id) => this.restore(principal, id));
  }

  /** Removes a job in the bin for good. @throws JobNotFoundError where it is not in the caller's bin. */
  async purge(principal: Principal, id: string): Promise<void> {
    const { ownerId, kind } = await this.find(principal, id);
    if (!(await this.removal.remove(id, 'bin'))) throw new JobNotFoundError(id);
    this.events.emit('job.deleted', { ownerId, kind, jobId: id, restorable: false });
  }

  /** Removes all that the caller has in the bin for good. @returns how much that was */
  async empty(principal: Principal): Promise<number> {
    const ids = await this.binned.idsOf({
      ownerId: principal.userId,
      kinds: this.access.narrowFor('delete', principal),
    });
    const outcomes = await outcomesOf(ids, (id) => this.purge(principal, id));
    return outcomes.filter(({ error }) => !error).length;
  }

  /** Removes what has been in the bin for long enough. @returns how much that was */
  async sweep(): Promise<number> {
    const before = new Date(this.clock.now() - this.minutes * MINUTE_MS);
    const ids = await this.binned.before(before);
    let removed = 0;
    for (const id of ids) if (await this.removal.remove(id, 'bin', before)) removed += 1;
    await this.removal.finish();
    return removed;
  }

  private async find(principal: Principal, id: string): Promise<Job> {
    const job = await this.binned.find(id);
    if (!job || (job.ownerId !== principal.userId && !can(principal, 'job:delete_all')))
      throw new JobNotFoundError(id);
    this.views.check(principal, job, 'delete');
    return job;
  }

  private sweepSafely(): void {
    this.sweeping = this.sweeping
      .then(() => this.sweep())
      .catch((error: unknown) =>
        this.logger.error(`Emptying the recycle bin failed: ${messageOf(error)}`),
      );
  }
}
