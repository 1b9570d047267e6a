import { Injectable } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { ServerStoppingError, Shutdown } from '../connections/index.js';
import { Audience, EventBus, type JobUpdate } from '../events/index.js';
import type { JobView } from './job.dto.js';
import { FINAL_STATES } from './job-state.js';
import { QueueService } from './queue.service.js';

/** Updates that are kept for who reads slowly; each may hold a preview. */
const BACKLOG = 16;

function isFinal({ status }: JobUpdate): boolean {
  return FINAL_STATES.includes(status);
}

/** What a view says of how far a job is. */
function updateOf(view: JobView): JobUpdate {
  const { id, status, phase, progress, current_step, total_steps } = view;
  const { time_elapsed, time_remaining, speed, position, error } = view;
  return {
    job_id: id,
    status,
    ...(phase ? { phase } : {}),
    progress,
    current_step,
    total_steps,
    time_elapsed,
    time_remaining,
    speed,
    ...(position === null ? {} : { position }),
    ...(error ? { error } : {}),
  };
}

/** Follows a job from how it is now to its end, for APIs whose answers tell of it while it is worked on. */
@Injectable()
export class JobFollower {
  constructor(
    private readonly events: EventBus,
    private readonly audience: Audience,
    private readonly queue: QueueService,
    private readonly shutdown: Shutdown,
  ) {}

  /**
   * How the job is now, then each change; the last one is its end. It stops early, without a word, when
   * the signal is aborted; the job does not mind.
   * @param previews whether pictures in the making are wanted, which cost time
   * @throws JobNotFoundError also for a job of somebody else; ServerStoppingError when the server stops first
   */
  async *follow(
    principal: Principal,
    id: string,
    { signal, previews = false }: { signal?: AbortSignal; previews?: boolean } = {},
  ): AsyncGenerator<JobUpdate> {
    const news: JobUpdate[] = [];
    let told = Promise.withResolvers<void>();
    const tell = (): void => told.resolve();
    const leave = previews ? this.audience.watch(principal.userId) : undefined;
    const stop = this.events.on('job.updated', ({ update }) => {
      if (update.job_id !== id) return;
      // Who reads slowly misses what was on the way, never the end.
      if (news.length >= BACKLOG) news.shift();
      news.push(update);
      tell();
    });
    let stopping = false;
    const stay = this.shutdown.onDrained(() => {
      stopping = true;
      tell();
    });
    signal?.addEventListener('abort', tell, { once: true });
    try {
      const now = updateOf(await this.queue.job(principal, id));
      yield now;
      // What was heard before the view was read may be older than that; a final state is never.
      if (isFinal(now)) return;
      while (!signal?.aborted) {
        for (let update = news.shift(); update; update = news.shift()) {
          yield update;
          if (isFinal(update)) return;
        }
        if (stopping) throw new ServerStoppingError();
        await told.promise;
        told = Promise.withResolvers();
      }
    } finally {
      stop();
      leave?.();
      stay();
      signal?.removeEventListener('abort', tell);
    }
  }
}
