import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { Audience } from '../../../events/index.js';

/** How long somebody counts who asks for pictures in the making now and then, in milliseconds. */
const STAYS_MS = 10_000;

interface Onlooker {
  timer: NodeJS.Timeout;
  leave: () => void;
}

/** Those who ask how a picture comes on, again and again: jobs that begin meanwhile make previews for them. */
@Injectable()
export class MoldOnlookers implements OnModuleDestroy {
  private readonly there = new Map<string, Onlooker>();

  constructor(private readonly audience: Audience) {}

  onModuleDestroy(): void {
    for (const { timer } of this.there.values()) clearTimeout(timer);
  }

  seen({ userId }: Principal): void {
    const known = this.there.get(userId);
    clearTimeout(known?.timer);
    const leave = known?.leave ?? this.audience.watch(userId);
    const gone = (): void => {
      this.there.delete(userId);
      leave();
    };
    this.there.set(userId, { leave, timer: setTimeout(gone, STAYS_MS).unref() });
  }
}
