import { AppError } from './errors.js';

/** 429: the caller has as much work in progress and waiting as one caller may have. */
export class TooManyRequestsError extends AppError {
  constructor(work: string, retryAfterSeconds: number) {
    super(
      'TOO_MANY_REQUESTS',
      429,
      `You have too many requests that ${work} at once. Wait until some of them are answered.`,
      { headers: { 'retry-after': String(retryAfterSeconds) } },
    );
  }
}

/** 503: as much work waits as the server takes. */
export class ServerBusyError extends AppError {
  constructor(work: string, retryAfterSeconds: number) {
    super(
      'SERVER_BUSY',
      503,
      `Too many requests that ${work} are waiting. Try again a little later.`,
      { headers: { 'retry-after': String(retryAfterSeconds) }, logLevel: 'warn' },
    );
  }
}

export interface ConcurrencyLimits {
  /** What the requests do, to end the sentence "requests that…". */
  work: string;
  /** How much is done at once, for all callers together. */
  atOnce: number;
  /** How much is done at once for one caller. */
  atOncePerCaller: number;
  /** How much of one caller may wait; more is refused with 429. */
  waitingPerCaller: number;
  /** How much may wait in all; more is refused with 503. */
  waiting: number;
  /** What a refused client is told to wait. */
  retryAfterSeconds: number;
}

interface Waiting {
  caller: string;
  start: () => void;
}

/**
 * Bounds how much work is done at once, in all and for each caller, and how much waits for it. What waits begins
 * in the order in which it came, except that nobody waits for a caller who is at their own bound.
 * Work must not call `run` of the same limiter: it could wait for itself.
 */
export class ConcurrencyLimiter {
  private readonly running = new Map<string, number>();
  private readonly queue: Waiting[] = [];
  private total = 0;

  constructor(private readonly limits: ConcurrencyLimits) {}

  /**
   * Does the work as soon as there is room for it.
   * @param signal aborted when nobody needs the work any more: it is not begun then
   * @throws TooManyRequestsError, ServerBusyError before it waits; the reason of the signal; what the work throws
   */
  async run<T>(caller: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.hasRoom(caller)) this.begin(caller);
    else await this.wait(caller, signal);
    try {
      return await work();
    } finally {
      this.end(caller);
    }
  }

  private count(caller: string): number {
    return this.running.get(caller) ?? 0;
  }

  private hasRoom(caller: string): boolean {
    const { atOnce, atOncePerCaller } = this.limits;
    return this.total < atOnce && this.count(caller) < atOncePerCaller;
  }

  private begin(caller: string): void {
    this.total += 1;
    this.running.set(caller, this.count(caller) + 1);
  }

  private end(caller: string): void {
    this.total -= 1;
    const count = this.count(caller) - 1;
    if (count > 0) this.running.set(caller, count);
    else this.running.delete(caller);
    const next = this.queue.findIndex((waiting) => this.hasRoom(waiting.caller));
    const [started] = next < 0 ? [] : this.queue.splice(next, 1);
    if (!started) return;
    // Here and not when its promise is continued: somebody else could come in between.
    this.begin(started.caller);
    started.start();
  }

  private wait(caller: string, signal: AbortSignal | undefined): Promise<void> {
    const { work, waiting, waitingPerCaller, retryAfterSeconds } = this.limits;
    const own = this.queue.filter((one) => one.caller === caller).length;
    if (own >= waitingPerCaller) throw new TooManyRequestsError(work, retryAfterSeconds);
    if (this.queue.length >= waiting) throw new ServerBusyError(work, retryAfterSeconds);
    return new Promise<void>((resolve, reject) => {
      const entry: Waiting = { caller, start: () => settle(resolve) };
      const leave = (): void => {
        this.queue.splice(this.queue.indexOf(entry), 1);
        settle(() => reject(signal?.reason as Error));
      };
      const settle = (how: () => void): void => {
        signal?.removeEventListener('abort', leave);
        how();
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.queue.push(entry);
    });
  }
}
