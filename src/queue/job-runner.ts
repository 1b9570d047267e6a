import { Inject, Injectable, Logger } from '@nestjs/common';
import { messageOf, toAppError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import type { JobHandler, JobProgress, RunningJob } from './job-handler.js';
import { JobAnnouncer } from './job-announcer.js';
import type { Job, JobFailure } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import { JobWatch } from './job-watch.js';
import { RetryJobError } from './queue.errors.js';

/** How often a job is begun before it is given up: once, and once more when it was interrupted. */
export const MAX_ATTEMPTS = 2;

const CANCELLED = Symbol('cancelled by its owner');
const STOPPING = Symbol('the server stops');

interface ActiveJob {
  job: Job;
  watch: JobWatch;
  abort: AbortController;
  /** Settled when the row has its next state. */
  ended: Promise<void>;
}

/** Takes one job after the other into work, and brings each to an honest end. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger(JobRunner.name);
  private readonly handlers = new Map<string, JobHandler>();
  private active: ActiveJob | undefined;
  private running = false;
  private loop: Promise<void> = Promise.resolve();
  private looping = false;
  private claiming: Promise<Job | null> = Promise.resolve(null);

  constructor(
    private readonly jobs: JobRepository,
    private readonly announcer: JobAnnouncer,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  register(kind: string, handler: JobHandler): void {
    if (this.handlers.has(kind)) throw new Error(`Two handlers for jobs of kind "${kind}".`);
    this.handlers.set(kind, handler);
  }

  knows(kind: string): boolean {
    return this.handlers.has(kind);
  }

  get isRunning(): boolean {
    return this.running;
  }

  /** The watch of a job that is being worked on right now. */
  watchOf(id: string): JobWatch | undefined {
    return this.active?.job.id === id ? this.active.watch : undefined;
  }

  /** Puts what a crash left in progress back or gives it up, then begins to work. */
  async start(): Promise<void> {
    for (const job of await this.jobs.inState('processing')) await this.recover(job);
    this.running = true;
    this.announcer.running(true);
    this.wake();
  }

  /** Looks for work; to be called when a job was added. */
  wake(): void {
    if (!this.running || this.looping) return;
    this.looping = true;
    this.loop = this.drainQueue().finally(() => {
      this.looping = false;
    });
  }

  /** Tells a job in progress to stop. Settles when it has ended; false if it is not in progress. */
  async cancel(id: string): Promise<boolean> {
    // A claim under way may be of this very job: its row says so before `active` does.
    await this.claiming.catch(() => null);
    const { active } = this;
    if (active?.job.id !== id) return false;
    active.abort.abort(CANCELLED);
    await active.ended;
    return true;
  }

  /** Claims nothing more, lets the running job finish within the drain time, then puts it back. */
  async stop(): Promise<void> {
    this.running = false;
    this.announcer.running(false);
    const timer = setTimeout(
      () => this.active?.abort.abort(STOPPING),
      this.config.server.drainSeconds * 1000,
    );
    await this.loop;
    clearTimeout(timer);
  }

  private async recover(job: Job): Promise<void> {
    if (job.attempts >= MAX_ATTEMPTS) {
      await this.jobs.fail(job.id, {
        code: 'INTERRUPTED',
        message: `The server stopped unexpectedly during this job, ${job.attempts} times. Submit it again to give it another try.`,
      });
      return;
    }
    await this.jobs.requeue(job.id);
    this.logger.warn(`Job ${job.id} was interrupted and will run again`);
  }

  private async drainQueue(): Promise<void> {
    try {
      while (this.running) {
        this.claiming = this.jobs.claimNext();
        const job = await this.claiming;
        if (!job) return;
        await this.work(job);
      }
    } catch (error) {
      this.logger.error(
        `The queue stumbled: ${messageOf(error)}`,
        error instanceof Error ? error.stack : undefined,
      );
      setTimeout(() => this.wake(), 1000).unref();
    }
  }

  private async work(job: Job): Promise<void> {
    const abort = new AbortController();
    const watch = new JobWatch();
    const active: ActiveJob = { job, watch, abort, ended: Promise.resolve() };
    active.ended = this.attempt(active).finally(() => {
      this.active = undefined;
    });
    this.active = active;
    await active.ended;
    await this.announcer.announce(job.id);
  }

  private async attempt(active: ActiveJob): Promise<void> {
    const { job } = active;
    this.announcer.begun(job, active.watch);
    try {
      const handler = this.handlers.get(job.kind);
      if (!handler) throw new Error(`No handler for jobs of kind "${job.kind}".`);
      const result = await handler(this.view(active));
      const { total_steps } = active.watch.view();
      await this.jobs.complete(job.id, { ...result, total_steps });
    } catch (error) {
      await this.settleFailure(active, error);
    }
  }

  private view({ job, watch, abort }: ActiveJob): RunningJob {
    return {
      id: job.id,
      ownerId: job.ownerId,
      attempt: job.attempts,
      request: job.request,
      signal: abort.signal,
      report: (progress: JobProgress) => {
        watch.apply(progress);
        this.announcer.progress(job, watch, progress.preview);
      },
    };
  }

  private async settleFailure({ job, abort }: ActiveJob, error: unknown): Promise<void> {
    if (abort.signal.reason === CANCELLED) {
      await this.jobs.cancel(job.id);
      return;
    }
    if (abort.signal.reason === STOPPING) {
      await this.jobs.requeue(job.id, job.attempts - 1);
      return;
    }
    if (error instanceof RetryJobError && job.attempts < MAX_ATTEMPTS) {
      this.logger.warn(`Job ${job.id} will be tried again: ${error.message}`);
      await this.jobs.requeue(job.id);
      return;
    }
    await this.jobs.fail(job.id, this.failureOf(job, error));
  }

  private failureOf(job: Job, error: unknown): JobFailure {
    const known = toAppError(error instanceof RetryJobError ? error.reason : error);
    if (known.code === 'INTERNAL_ERROR') {
      this.logger.error(
        `Job ${job.id} failed: ${messageOf(error)}`,
        error instanceof Error ? error.stack : undefined,
      );
      return {
        code: known.code,
        message: `The job failed through a fault of the server; its log has the details under ${job.id}.`,
      };
    }
    return { code: known.code, message: known.message };
  }
}
