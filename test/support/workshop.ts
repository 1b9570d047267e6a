import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { JOB_PERMISSIONS, ROLE_PERMISSIONS, type Principal } from '../../src/auth/index.js';
import {
  QueueService,
  type JobDetails,
  type JobResult,
  type Lane,
  type NewJob,
  type RunningJob,
} from '../../src/queue/index.js';
import { until } from './until.js';

interface Bench {
  job: RunningJob;
  settle: (outcome: Error | JobResult) => void;
}

/** Does made-up jobs of one kind, each for as long as the test says. */
export class Workshop {
  private readonly queue: QueueService;
  private readonly benches = new Map<string, Bench>();
  /** Ids of the jobs that were begun, in their order. */
  readonly begun: string[] = [];

  constructor(
    app: NestFastifyApplication,
    private readonly kind: string,
    lane?: Lane,
  ) {
    this.queue = app.get(QueueService);
    this.queue.handle(kind, (job) => this.work(job), {
      lane,
      permissions: JOB_PERMISSIONS.generation,
    });
  }

  submit(userId: string, job: Partial<NewJob> = {}): Promise<string> {
    const { kind } = this;
    return this.queue.submit(ownerOf(userId), { kind, title: kind, request: {}, cost: 1, ...job });
  }

  job(userId: string, id: string): Promise<JobDetails> {
    return this.queue.job(ownerOf(userId), id);
  }

  /** The job, as soon as it is being worked on. */
  async running(id: string): Promise<RunningJob> {
    return (await this.bench(id)).job;
  }

  async complete(id: string, result: JobResult = { outputs: [] }): Promise<void> {
    (await this.bench(id)).settle(result);
  }

  async fail(id: string, error: Error): Promise<void> {
    (await this.bench(id)).settle(error);
  }

  private bench(id: string): Promise<Bench> {
    return until(`job ${id} in work`, 10_000, () => this.benches.get(id));
  }

  private work(job: RunningJob): Promise<JobResult> {
    this.begun.push(job.id);
    return new Promise<JobResult>((resolve, reject) => {
      job.signal.addEventListener('abort', () => reject(new Error('told to stop')));
      const settle = (outcome: Error | JobResult): void => {
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      this.benches.set(job.id, { job, settle });
    }).finally(() => this.benches.delete(job.id));
  }
}

/** A caller who may do what the owner of a job may. */
export function ownerOf(userId: string): Principal {
  return { userId, username: userId, role: 'user', permissions: ROLE_PERMISSIONS.user, via: 'jwt' };
}
