import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { StorageMonitor } from '../storage/index.js';
import { DeferredJobs } from './deferred-jobs.js';
import { JobEndings } from './job-endings.js';
import type { JobHandler } from './job-handler.js';
import { JobAnnouncer } from './job-announcer.js';
import { JobLinks } from './job-links.js';
import type { Job } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import type { JobWatch } from './job-watch.js';
import { JobWork } from './job-work.js';
import { LaneWorker } from './lane-worker.js';
import { LANES, type Lane } from './lanes.js';

interface Registered {
  handler: JobHandler;
  lane: Lane;
}

/** How many jobs of each lane are worked on at a time. */
function widthsOf({ queue }: Config): Record<Lane, number> {
  return { engine: 1, files: queue.filesAtOnce, text: queue.textAtOnce };
}

/** Takes jobs into work, lane by lane. */
@Injectable()
export class JobRunner {
  private readonly handlers = new Map<string, Registered>();
  private readonly workers: Map<Lane, LaneWorker>;
  private running = false;

  constructor(
    private readonly jobs: JobRepository,
    private readonly work: JobWork,
    private readonly links: JobLinks,
    private readonly announcer: JobAnnouncer,
    private readonly deferred: DeferredJobs,
    private readonly endings: JobEndings,
    private readonly storage: StorageMonitor,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    const widths = widthsOf(config);
    this.workers = new Map(LANES.map((lane) => [lane, this.workerFor(lane, widths[lane])]));
  }

  register(kind: string, handler: JobHandler, lane: Lane): void {
    if (this.handlers.has(kind)) throw new Error(`Two handlers for jobs of kind "${kind}".`);
    this.handlers.set(kind, { handler, lane });
  }

  /** The lane of jobs of a kind. @throws Error for a kind that nobody does. */
  laneOf(kind: string): Lane {
    const found = this.handlers.get(kind);
    if (!found) throw new Error(`No handler for jobs of kind "${kind}".`);
    return found.lane;
  }

  /** Whether jobs are taken into work: not while the server stops, or its disk is full. */
  get isRunning(): boolean {
    return this.running && !this.storage.isFull;
  }

  /** The watch of a job that is being worked on right now. */
  watchOf(id: string): JobWatch | undefined {
    for (const worker of this.workers.values()) {
      const watch = worker.watchOf(id);
      if (watch) return watch;
    }
    return undefined;
  }

  /** Puts back what a death of the server left in progress, then begins to work. */
  async start(): Promise<void> {
    for (const job of await this.jobs.inState('processing'))
      await this.atStart(job.id, () => this.work.recover(job));
    for (const id of await this.jobs.awaited()) await this.atStart(id, () => this.links.follow(id));
    await this.deferred.start((id) => this.released(id));
    this.running = true;
    this.announcer.running(this.isRunning);
    this.storage.onChange(() => this.onStorageChange());
    for (const worker of this.workers.values()) worker.start();
  }

  /** Looks for work; to be called when a job was added, or has become free to begin. */
  wake(): void {
    for (const worker of this.workers.values()) worker.wake();
  }

  /** Tells a job in progress to stop. Settles when it has ended; false if it is not in progress. */
  async cancel(id: string): Promise<boolean> {
    const workers = [...this.workers.values()];
    const hits = await Promise.all(workers.map((worker) => worker.cancel(id)));
    return hits.includes(true);
  }

  /** Claims nothing more, lets running jobs finish within the drain time, then puts them back. */
  async stop(): Promise<void> {
    this.running = false;
    this.deferred.stop();
    this.announcer.running(false);
    const workers = [...this.workers.values()];
    const timer = setTimeout(() => {
      for (const worker of workers) worker.interrupt();
      this.endings.giveUp();
    }, this.config.server.drainSeconds * 1000);
    await Promise.all(workers.map((worker) => worker.stop()));
    clearTimeout(timer);
  }

  private workerFor(lane: Lane, width: number): LaneWorker {
    return new LaneWorker(width, {
      isPaused: () => this.storage.isFull,
      claim: () => this.jobs.claimNext(lane),
      attempt: (active) => this.work.attempt(active, this.handlers.get(active.job.kind)?.handler),
      settled: (job) => this.settled(job),
    });
  }

  private async released(id: string): Promise<void> {
    await this.announcer.announce(id);
    this.wake();
  }

  private async settled(job: Job): Promise<void> {
    await this.announcer.announce(job.id);
    if (await this.endings.write(job.id, () => this.links.follow(job.id))) this.wake();
  }

  /** Does what a start has to write; what cannot be written now is tried again while the server runs. */
  private async atStart(jobId: string, write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!this.storage.note(error)) throw error;
      void this.endings.write(jobId, write).then(
        () => this.wake(),
        () => undefined,
      );
    }
  }

  private onStorageChange(): void {
    this.announcer.running(this.isRunning);
    this.wake();
  }
}
