import { ClientGoneError } from '../../common/index.js';

interface Waiting {
  userId: string;
  /** Where it begins in virtual time. */
  start: number;
  begin: () => void;
}

/** A turn that was taken. */
export interface Turn {
  /** Gives it back. @param cost what it really took, in tokens */
  end(cost: number): void;
}

/**
 * Lets in so many at a time, and of those that wait the one whose user has had the least: start-time fair
 * queueing as in the queue of jobs, in memory, with tokens as cost. A user's own requests keep their order.
 */
export class FairTurns {
  private readonly waiting: Waiting[] = [];
  /** Where each user's last request ends in virtual time. */
  private readonly finish = new Map<string, number>();
  private virtualTime = 0;
  private inside = 0;

  constructor(private readonly width: number) {}

  get active(): number {
    return this.inside;
  }

  get size(): number {
    return this.waiting.length;
  }

  /** How many of a user wait. */
  waitingOf(userId: string): number {
    return this.waiting.filter((one) => one.userId === userId).length;
  }

  /**
   * @param estimate what it will take as far as is known, in tokens
   * @throws ClientGoneError when the signal is aborted while it waits
   */
  async take(userId: string, estimate: number, signal: AbortSignal): Promise<Turn> {
    if (signal.aborted) throw new ClientGoneError();
    const start = Math.max(this.virtualTime, this.finish.get(userId) ?? 0);
    this.finish.set(userId, start + estimate);
    if (this.inside >= this.width || this.waiting.length > 0)
      await this.wait(userId, start, estimate, signal);
    this.inside += 1;
    this.virtualTime = Math.max(this.virtualTime, start);
    return { end: (cost) => this.end(userId, cost - estimate) };
  }

  private wait(
    userId: string,
    start: number,
    estimate: number,
    signal: AbortSignal,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(one), 1);
        this.correct(userId, -estimate);
        reject(new ClientGoneError());
      };
      const one: Waiting = {
        userId,
        start,
        begin: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.push(one);
    });
  }

  private end(userId: string, difference: number): void {
    this.inside -= 1;
    this.correct(userId, difference);
    const next = this.waiting.toSorted((one, other) => one.start - other.start)[0];
    if (next) {
      this.waiting.splice(this.waiting.indexOf(next), 1);
      next.begin();
      return;
    }
    // Nobody wants anything: everybody begins anew as equals.
    if (this.inside > 0) return;
    this.finish.clear();
    this.virtualTime = 0;
  }

  /** What a request took more or less than was thought moves those of its user that still wait. */
  private correct(userId: string, difference: number): void {
    const finish = this.finish.get(userId);
    if (finish !== undefined) this.finish.set(userId, finish + difference);
    for (const one of this.waiting) if (one.userId === userId) one.start += difference;
  }
}
