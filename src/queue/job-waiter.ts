import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { AppError, ClientGoneError, messageOf } from '../common/index.js';
import { IdempotencyScope } from './idempotency/idempotency-scope.js';
import { JobEnds } from './job-ends.js';
import type { JobDetails } from './job.dto.js';
import { QueueService } from './queue.service.js';

/** How long a job outlives a client that may come again, in milliseconds. */
const GRACE_MS = 10_000;

export interface WaitOptions {
  /**
   * How long the job goes on when the last who waited for it has gone, in milliseconds; until then another
   * try of the request can join it. Default: ten seconds for a request under a key, or of a client that
   * counts its tries; none for others.
   */
  graceMs?: number;
}

interface Waiters {
  count: number;
  timer?: NodeJS.Timeout;
}

/** Waits for jobs on behalf of clients that stay on the line: a job is cancelled when nobody is there any more. */
@Injectable()
export class JobWaiter implements OnModuleDestroy {
  private readonly logger = new Logger(JobWaiter.name);
  private readonly waiters = new Map<string, Waiters>();

  constructor(
    private readonly queue: QueueService,
    private readonly ends: JobEnds,
  ) {}

  /** What nobody waits for then is done after the next start, as any other job. */
  onModuleDestroy(): void {
    for (const { timer } of this.waiters.values()) clearTimeout(timer);
  }

  /**
   * The job when it has ended, whichever way.
   * @param gone aborted when the client has hung up
   * @throws ClientGoneError when it is; JobNotFoundError also for a job of somebody else.
   */
  async finished(
    principal: Principal,
    id: string,
    gone: AbortSignal,
    { graceMs = IdempotencyScope.get() ? GRACE_MS : 0 }: WaitOptions = {},
  ): Promise<JobDetails> {
    await this.queue.job(principal, id);
    const waiters = this.join(id);
    const ended = await this.ends.wait(id, gone).finally(() => {
      waiters.count -= 1;
    });
    if (waiters.count === 0) {
      if (ended) this.waiters.delete(id);
      else this.leaveAlone(principal, id, waiters, graceMs);
    }
    if (ended) return this.queue.job(principal, id);
    throw new ClientGoneError();
  }

  private join(id: string): Waiters {
    const waiters = this.waiters.get(id) ?? { count: 0 };
    this.waiters.set(id, waiters);
    clearTimeout(waiters.timer);
    waiters.count += 1;
    return waiters;
  }

  private leaveAlone(principal: Principal, id: string, waiters: Waiters, graceMs: number): void {
    const giveUp = (): void => {
      this.waiters.delete(id);
      void this.cancel(principal, id);
    };
    if (graceMs === 0) giveUp();
    else waiters.timer = setTimeout(giveUp, graceMs).unref();
  }

  private async cancel(principal: Principal, id: string): Promise<void> {
    try {
      await this.queue.cancel(principal, id);
    } catch (error) {
      // It may have ended meanwhile.
      if (!(error instanceof AppError))
        this.logger.error(`Job ${id} could not be cancelled: ${messageOf(error)}`);
    }
  }
}
