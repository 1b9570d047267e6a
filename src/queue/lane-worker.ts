import { Logger } from '@nestjs/common';
import { InsufficientStorageError, messageOf } from '../common/index.js';
import { CANCELLED, STOPPING, type ActiveJob } from './active-job.js';
import type { Job } from './job.entity.js';
import { JobWatch } from './job-watch.js';

/** How long a lane rests after a fault that is not a job's own, in milliseconds. */
const REST_MS = 1000;

export interface LaneWork {
  /** Whether no job is to be begun for now; `wake` is called when that ends. */
  isPaused(): boolean;
  /** Takes the job whose turn it is; null when there is none. */
  claim(): Promise<Job | null>;
  /** Brings a job to its next state. */
  attempt(active: ActiveJob): Promise<void>;
  /** Tells of it. */
  settled(job: Job): Promise<void>;
}

/** Works on the jobs of one lane, so many at a time. */
export class LaneWorker {
  private readonly logger = new Logger(LaneWorker.name);
  private readonly active = new Map<string, ActiveJob>();
  private readonly busy = new Set<Promise<void>>();
  private running = false;
  private looping = false;
  /** Whether there may be work that the loop has not seen. */
  private called = false;
  private stopping = false;
  private loop: Promise<void> = Promise.resolve();
  private claiming: Promise<unknown> = Promise.resolve();

  /** @param width how many jobs at a time */
  constructor(
    private readonly width: number,
    private readonly work: LaneWork,
  ) {}

  watchOf(id: string): JobWatch | undefined {
    return this.active.get(id)?.watch;
  }

  start(): void {
    this.running = true;
    this.wake();
  }

  /** Looks for work. */
  wake(): void {
    this.called = true;
    if (!this.running || this.looping) return;
    this.looping = true;
    this.loop = this.fill();
  }

  /**
   * Tells a job in progress to stop. Settles when it has ended; false if it is not in progress.
   * @throws InsufficientStorageError when its end cannot be written yet
   */
  async cancel(id: string): Promise<boolean> {
    // A claim under way may be of this very job: its row says so before `active` does.
    await this.claiming.catch(() => null);
    const active = this.active.get(id);
    if (!active) return false;
    active.abort.abort(CANCELLED);
    const stuck = active.stuck.promise.then(() => {
      throw new InsufficientStorageError();
    });
    await Promise.race([active.ended, stuck]);
    return true;
  }

  /** Claims nothing more; settles when nothing is in progress. */
  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
    await Promise.all(this.busy);
  }

  /** Tells what is in progress to stop for the server's sake. */
  interrupt(): void {
    this.stopping = true;
    for (const { abort } of this.active.values()) abort.abort(STOPPING);
  }

  private async fill(): Promise<void> {
    try {
      while (this.called) {
        this.called = false;
        while (this.running && !this.work.isPaused() && this.busy.size < this.width) {
          const claim = this.work.claim();
          this.claiming = claim;
          const job = await claim;
          if (!job) break;
          this.begin(job);
        }
      }
    } catch (error) {
      this.stumble(error);
    } finally {
      this.looping = false;
    }
  }

  private begin(job: Job): void {
    const active: ActiveJob = {
      job,
      watch: new JobWatch(),
      abort: new AbortController(),
      ended: Promise.resolve(),
      stuck: Promise.withResolvers(),
    };
    this.active.set(job.id, active);
    active.ended = this.work.attempt(active).finally(() => this.active.delete(job.id));
    if (this.stopping) this.interrupt();
    const done = this.finish(active).finally(() => {
      this.busy.delete(done);
      this.wake();
    });
    this.busy.add(done);
  }

  private async finish({ job, ended }: ActiveJob): Promise<void> {
    try {
      await ended;
      await this.work.settled(job);
    } catch (error) {
      this.stumble(error);
    }
  }

  private stumble(error: unknown): void {
    if (this.work.isPaused()) return;
    this.logger.error(
      `The queue stumbled: ${messageOf(error)}`,
      error instanceof Error ? error.stack : undefined,
    );
    setTimeout(() => this.wake(), REST_MS).unref();
  }
}
