import { Injectable } from '@nestjs/common';
import { ServerStoppingError, Shutdown } from '../connections/index.js';
import { EventBus } from '../events/index.js';
import { FINAL_STATES } from './job-state.js';
import { QueueService } from './queue.service.js';

/** Waits for jobs, for APIs whose answers come when the work is done. */
@Injectable()
export class JobEnds {
  constructor(
    private readonly events: EventBus,
    private readonly queue: QueueService,
    private readonly shutdown: Shutdown,
  ) {}

  /**
   * Settles as soon as the job has come to its end, whichever, or the signal is aborted; the job does not
   * mind. @returns whether it has ended.
   * @throws ServerStoppingError when the server stops first
   */
  async wait(id: string, signal?: AbortSignal): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const aborted = (): void => resolve(false);
    const stop = this.events.on('job.updated', ({ update }) => {
      if (update.job_id === id && FINAL_STATES.includes(update.status)) resolve(true);
    });
    // Only heard of while it is awaited below.
    promise.catch(() => undefined);
    const stay = this.shutdown.onDrained(() => reject(new ServerStoppingError()));
    signal?.addEventListener('abort', aborted, { once: true });
    try {
      if (signal?.aborted) return false;
      if (await this.queue.isFinished(id)) return true;
      return await promise;
    } finally {
      stop();
      stay();
      signal?.removeEventListener('abort', aborted);
    }
  }
}
