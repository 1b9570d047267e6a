import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '../common/index.js';

/** Seconds after which a client may come again: about what a restart takes. */
const RETRY_AFTER_SECONDS = 5;

/** 503: the server takes nothing new, and no longer waits for what it has. */
export class ServerStoppingError extends AppError {
  constructor() {
    super(
      'SERVER_STOPPING',
      503,
      'The server is stopping. Jobs that it has accepted stay queued and run after the next start. Try again in some seconds.',
      { headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) }, logLevel: 'info' },
    );
  }
}

/**
 * How far the stop of the server is. First it takes nothing new, while running jobs may finish; when these
 * are drained, all who still wait are told so.
 */
@Injectable()
export class Shutdown implements OnModuleDestroy {
  private readonly drained = new Set<() => void>();
  private stopping = false;
  private isDrained = false;

  /** Whether new work is refused. */
  get isStopping(): boolean {
    return this.stopping;
  }

  onModuleDestroy(): void {
    this.begin();
  }

  begin(): void {
    this.stopping = true;
  }

  /** Ends all waiting: to be called when no running job will finish any more. */
  endWaiting(): void {
    this.stopping = true;
    if (this.isDrained) return;
    this.isDrained = true;
    for (const action of this.drained) action();
    this.drained.clear();
  }

  /** Calls back when waiting ends, at once where it has; the returned function takes that back. */
  onDrained(action: () => void): () => void {
    if (this.isDrained) action();
    else this.drained.add(action);
    return () => this.drained.delete(action);
  }

  /** @throws ServerStoppingError where nothing new is taken. */
  assertRunning(): void {
    if (this.stopping) throw new ServerStoppingError();
  }
}
