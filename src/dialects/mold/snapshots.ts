import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/index.js';
import { EventBus } from '../../events/index.js';

/** Milliseconds between two looks. */
const LOOK_MS = 500;

/** How something is, again and again. */
@Injectable()
export class MoldSnapshots {
  constructor(private readonly events: EventBus) {}

  /**
   * What there is to see: at once, and again whenever jobs of the caller have changed it, until nobody
   * listens or nothing more can change.
   */
  async *follow<Seen>(
    caller: Principal,
    gone: AbortSignal,
    look: () => Promise<Seen>,
    isLast: (seen: Seen) => boolean = () => false,
  ): AsyncGenerator<Seen, void> {
    let changed = Promise.withResolvers<void>();
    const wake = (): void => changed.resolve();
    const stop = this.events.on('job.updated', ({ ownerId }) => {
      if (ownerId === caller.userId) wake();
    });
    gone.addEventListener('abort', wake, { once: true });
    try {
      let told = '';
      while (!gone.aborted) {
        changed = Promise.withResolvers();
        const seen = await look();
        const now = JSON.stringify(seen);
        if (now !== told) yield seen;
        if (isLast(seen)) return;
        told = now;
        await changed.promise;
        await pause(LOOK_MS, undefined, { signal: gone }).catch(() => undefined);
      }
    } finally {
      stop();
      gone.removeEventListener('abort', wake);
    }
  }
}
