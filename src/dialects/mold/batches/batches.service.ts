import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { CONFIG, type Config } from '../../../config/index.js';
import {
  fingerprintOf,
  HistoryService,
  IdempotencyKeyReusedError,
  IdempotencyService,
  QueueService,
  type JobDetails,
  type NewJob,
} from '../../../queue/index.js';
import { MoldDrawing } from '../generate/drawing.service.js';
import { MoldRequests, type MoldRequest } from '../generate/request.js';
import { MoldJobs, TAGS } from '../queue/identity.js';
import { MoldInstance } from '../status/instance.js';
import {
  BatchChangedError,
  BatchesUnavailableError,
  BatchGoneError,
  BatchNotFoundError,
} from './batch-errors.js';
import { statusOf, type BatchStatus } from './batch-status.js';

/** Most pictures of a batch, as the original has it. */
const MOST = 64;

/** Most tries of all pictures of a batch that are looked at. */
const TRIES = 1000;

/** A batch that was accepted, now or before. */
export interface AcceptedBatch {
  /** Undefined where it had been accepted before. */
  requests?: MoldRequest[];
}

/** A batch as its client sent it. */
export interface WantedBatch {
  id: string;
  bodies: readonly unknown[];
  /** Tells in other words what is wrong with one of them. */
  telling?: <T>(index: number, work: () => Promise<T>) => Promise<T>;
}

/** Batches of requests under the ids of their clients. A batch is nothing but its jobs, found by their tags. */
@Injectable()
export class MoldBatches {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly instance: MoldInstance,
    private readonly requests: MoldRequests,
    private readonly drawing: MoldDrawing,
    private readonly idempotency: IdempotencyService,
    private readonly queue: QueueService,
    private readonly history: HistoryService,
    private readonly jobs: MoldJobs,
  ) {}

  /** How many requests a batch may have; 0 where there are no batches. */
  get limit(): number {
    const { files, queue } = this.config;
    return files.keepAnswered ? Math.min(MOST, queue.limit, queue.jobsPerUser) : 0;
  }

  /**
   * Has all of them done, or none; under an id that was used before, nothing is done again.
   * @throws BatchChangedError where that was for other requests, and whatever the core refuses
   */
  async accept(caller: Principal, wanted: WantedBatch, gone?: AbortSignal): Promise<AcceptedBatch> {
    const { id, bodies } = wanted;
    if (this.limit === 0) throw new BatchesUnavailableError();
    const fingerprint = fingerprintOf(bodies);
    const keyed = { ownerId: caller.userId, key: `mold.batch:${id}`, fingerprint };
    try {
      return await this.idempotency.joined(keyed, async () => {
        const [job] = await this.jobsOf(caller, id);
        if (!job) return { requests: await this.submit(caller, wanted, fingerprint, gone) };
        if (job.origin?.tags?.[TAGS.content] !== fingerprint) throw new BatchChangedError(id);
        return {};
      });
    } catch (error) {
      throw error instanceof IdempotencyKeyReusedError ? new BatchChangedError(id) : error;
    }
  }

  /** @throws BatchNotFoundError */
  async status(caller: Principal, id: string): Promise<BatchStatus> {
    const found = await this.find(caller, id);
    if (!found) throw new BatchNotFoundError(id);
    return found;
  }

  /** How a batch is that was accepted. @throws BatchGoneError */
  async accepted(caller: Principal, id: string): Promise<BatchStatus> {
    const found = await this.find(caller, id);
    if (!found) throw new BatchGoneError(id);
    return found;
  }

  async find(caller: Principal, id: string): Promise<BatchStatus | undefined> {
    const jobs = await this.jobsOf(caller, id);
    return jobs.length > 0 ? statusOf(id, this.instance.id, jobs) : undefined;
  }

  /** Cancels what of it has not ended. @throws BatchNotFoundError */
  async cancel(caller: Principal, id: string): Promise<void> {
    const jobs = await this.jobsOf(caller, id);
    if (jobs.length === 0) throw new BatchNotFoundError(id);
    await this.jobs.cancelOpen(caller, jobs);
  }

  private async submit(
    caller: Principal,
    { id, bodies, telling = (_index, work) => work() }: WantedBatch,
    fingerprint: string,
    gone: AbortSignal | undefined,
  ): Promise<MoldRequest[]> {
    const requests: MoldRequest[] = [];
    const jobs: NewJob[] = [];
    for (const [index, body] of bodies.entries()) {
      const tags = {
        [TAGS.batch]: id,
        [TAGS.job]: randomUUID(),
        [TAGS.index]: String(index + 1),
        [TAGS.content]: fingerprint,
      };
      await telling(index, async () => {
        const request = await this.requests.read(caller, body, gone);
        jobs.push(await this.drawing.prepare(caller, request, tags));
        requests.push(request);
      });
    }
    await this.queue.submitAll(caller, jobs);
    return requests;
  }

  /** The latest first. */
  private async jobsOf(caller: Principal, id: string): Promise<JobDetails[]> {
    const tag = { name: TAGS.batch, value: id.toLowerCase() };
    return (await this.history.list(caller, { tag, limit: TRIES })).jobs;
  }
}
