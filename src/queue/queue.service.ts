import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { can, type JobPermissions, type Principal } from '../auth/index.js';
import { Shutdown } from '../connections/index.js';
import { StorageMonitor } from '../storage/index.js';
import { JobAccess } from './job-access.js';
import { JobAnnouncer } from './job-announcer.js';
import type { JobDetails, QueueStatus } from './job.dto.js';
import type { JobHandler, JobMemory } from './job-handler.js';
import type { Job } from './job.entity.js';
import { JobIntake, type NewJob } from './job-intake.js';
import { JobLinks } from './job-links.js';
import { JobRepository } from './job.repository.js';
import { JobRunner } from './job-runner.js';
import { JobViews } from './job-views.js';
import { isFinal } from './job-state.js';
import { DEFAULT_LANE, type Lane } from './lanes.js';
import {
  JobFinishedError,
  JobInputsExpiredError,
  JobNotFoundError,
  JobNotRetryableError,
} from './queue.errors.js';

/** How many jobs the status shows of those that wait and of those that have ended, besides those in progress. */
const SHOWN = { waiting: 200, ended: 50 };

/** A finished job, for those who learn from it. */
export interface Lesson {
  request: object;
  /** From its beginning to its end. */
  milliseconds: number;
  /** Null where it was not measured. */
  memory: JobMemory | null;
}

function toLesson(job: Job): Lesson {
  const { request, startedAt, finishedAt, memoryBytes, deviceMemoryBytes } = job;
  const device = deviceMemoryBytes === null ? null : Number(deviceMemoryBytes);
  return {
    request,
    milliseconds: (finishedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0),
    memory: memoryBytes === null ? null : { ram: Number(memoryBytes), device },
  };
}

/** The queue as the other rooms and the API see it. It knows no kinds of work: handlers are registered. */
@Injectable()
export class QueueService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private draining: Promise<void> | undefined;

  constructor(
    private readonly jobs: JobRepository,
    private readonly intake: JobIntake,
    private readonly views: JobViews,
    private readonly runner: JobRunner,
    private readonly announcer: JobAnnouncer,
    private readonly links: JobLinks,
    private readonly access: JobAccess,
    private readonly storage: StorageMonitor,
    private readonly shutdown: Shutdown,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.runner.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.drain();
    this.shutdown.endWaiting();
  }

  /** Begins nothing more; settles when what was in progress has ended or was put back. */
  drain(): Promise<void> {
    this.draining ??= this.runner.stop();
    return this.draining;
  }

  /**
   * Declares who does jobs of a kind, what callers need for them, and in which lane they are done; to be
   * called before the application has started. A cost is measured against others of the same lane only.
   */
  handle(
    kind: string,
    handler: JobHandler,
    { lane = DEFAULT_LANE, permissions }: { lane?: Lane; permissions: JobPermissions },
  ): void {
    this.runner.register(kind, handler, lane);
    this.access.register(kind, permissions);
  }

  /**
   * Stores a job and returns its id; from here on it is not lost.
   * @throws InsufficientPermissionsError for a kind that the caller may not create; QueueFullError,
   * TooManyJobsError, JobNotFoundError for one to wait for that is not the caller's to see.
   * @throws QueueFullError, TooManyJobsError, InsufficientStorageError, JobNotFoundError for one to wait for that is not the owner's.
   */
  async submit(principal: Principal, job: NewJob): Promise<string> {
    const [id] = await this.submitAll(principal, [job]);
    if (id === undefined) throw new Error('A job was stored without an id.');
    return id;
  }

  /**
   * Stores jobs that belong together, all of them or none, and returns their ids in the same order.
   * @throws as {@link submit}; QueueFullError and TooManyJobsError also where there is room for some of them
   */
  async submitAll(principal: Principal, jobs: readonly NewJob[]): Promise<string[]> {
    for (const { kind, after } of jobs) {
      this.access.assert(principal, 'create', kind);
      if (after !== undefined) await this.checkPrerequisite(principal, after);
    }
    return this.accept(principal.userId, jobs);
  }

  /**
   * Submits the request of a failed or cancelled job again, as a new job of the same owner, which waits
   * for no other.
   * @returns the id of the new job.
   * @throws JobNotFoundError, InsufficientPermissionsError, JobNotRetryableError, QueueFullError,
   * TooManyJobsError
   */
  async retry(principal: Principal, id: string): Promise<string> {
    const job = await this.views.find(principal, id, 'retry');
    if (job.state !== 'failed' && job.state !== 'cancelled')
      throw new JobNotRetryableError(id, job.state);
    if (job.inputsExpiredAt !== null) throw new JobInputsExpiredError(id);
    const { kind, title, request, cost } = job;
    const uploads = await this.jobs.uploadsOf(id);
    const again: NewJob = { kind, title, request, cost, uploads, retryOf: id };
    if (job.model !== null) again.model = job.model;
    if (job.label !== null) again.label = job.label;
    if (job.origin !== null) again.origin = job.origin;
    const [retryId] = await this.accept(job.ownerId, [again]);
    if (retryId === undefined) throw new Error('A job was stored without an id.');
    return retryId;
  }

  /** @throws JobNotFoundError also for a job of somebody else, unless the caller may see all. */
  async job(principal: Principal, id: string): Promise<JobDetails> {
    const job = await this.views.find(principal, id, 'read');
    const view = await this.views.one(principal, job);
    return Object.assign(view, { parameters: job.request, origin: job.origin });
  }

  /** The caller's own jobs with this tag, the newest first; a hundred at most. */
  async tagged(principal: Principal, name: string, value: string): Promise<JobDetails[]> {
    const jobs = await this.jobs.tagged(principal.userId, name, value);
    const visible = jobs.filter(({ kind }) => this.access.isVisible(principal, kind));
    return this.views.details(principal, visible);
  }

  async status(principal: Principal): Promise<QueueStatus> {
    const owner = can(principal, 'job:read_all') ? undefined : principal.userId;
    const paused = this.storage.problem;
    const [size, active, ownSize, ownActive, jobs] = await Promise.all([
      this.jobs.count('engine', 'queued'),
      this.jobs.count('engine', 'processing'),
      this.jobs.count('engine', 'queued', owner),
      this.jobs.count('engine', 'processing', owner),
      this.jobs.overview({ ownerId: owner, kinds: this.access.narrow(principal) }, SHOWN),
    ]);
    return {
      size,
      active_generations: active,
      running: this.runner.isRunning,
      ...(paused ? { paused } : {}),
      others: { queued: size - ownSize, processing: active - ownActive },
      jobs: await this.views.many(principal, jobs),
    };
  }

  /**
   * Ends a queued job at once, a running one at its next step; settles when it has ended.
   * @throws JobNotFoundError, JobFinishedError
   */
  async cancel(principal: Principal, id: string): Promise<void> {
    const job = await this.views.find(principal, id, 'cancel');
    if (isFinal(job.state)) throw new JobFinishedError(id, job.state);
    if (await this.jobs.cancelQueued(id)) return this.dropped(id);
    await this.runner.cancel(id);
    const after = await this.jobs.find(id);
    if (after?.state === 'queued') return this.cancel(principal, id);
    if (after?.state !== 'cancelled') throw new JobFinishedError(id, after?.state ?? 'gone');
  }

  /**
   * Cancels the jobs that wait and that the caller may cancel: their own, or those of everybody.
   * @returns how many there were.
   */
  async clear(principal: Principal, everybody: boolean): Promise<number> {
    const ids = await this.jobs.clearQueued({
      ownerId: everybody ? undefined : principal.userId,
      kinds: this.access.narrowFor('cancel', principal),
    });
    for (const id of ids) await this.dropped(id);
    return ids.length;
  }

  /** Whether the job has come to its end, whoever asks; false for a job that does not exist. */
  async isFinished(id: string): Promise<boolean> {
    const job = await this.jobs.find(id);
    return job !== null && isFinal(job.state);
  }

  /** The jobs of a kind that wait or run, whoever's they are, with what they ask for. */
  async unfinished(kind: string): Promise<Array<{ id: string; ownerId: string; request: object }>> {
    const jobs = await this.jobs.unfinished(kind);
    return jobs.map(({ id, ownerId, request }) => ({ id, ownerId, request }));
  }

  /** What the newest completed jobs of a kind asked for and what they took, whoever's they are. */
  async lessons(kind: string, limit: number): Promise<Lesson[]> {
    const jobs = await this.jobs.newestCompleted(this.runner.laneOf(kind), kind, limit);
    return jobs.map(toLesson);
  }

  private async accept(ownerId: string, jobs: readonly NewJob[]): Promise<string[]> {
    const placed = jobs.map((job) => ({ lane: this.runner.laneOf(job.kind), job }));
    const ids = await this.intake.add(ownerId, placed);
    for (const id of ids) await this.announcer.announce(id);
    // What a job waits for may have ended before it was stored.
    for (const { after } of jobs) if (after !== undefined) await this.links.follow(after);
    this.runner.wake();
    return ids;
  }

  private async checkPrerequisite(principal: Principal, id: string): Promise<void> {
    const job = await this.jobs.find(id);
    if (job?.ownerId !== principal.userId || !this.access.isVisible(principal, job.kind))
      throw new JobNotFoundError(id);
  }

  /** What follows when a job was cancelled that had not been begun. */
  private async dropped(id: string): Promise<void> {
    await this.announcer.announce(id);
    await this.links.follow(id);
  }
}
