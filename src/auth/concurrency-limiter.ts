export interface ConcurrencyLimits {
  /** Tasks that run at a time. */
  running: number;
  /** Tasks of each of the two queues that wait for their turn. */
  waiting: number;
}

/** Runs a bounded number of tasks at a time, and lets a bounded number wait. */
export class ConcurrencyLimiter {
  private running = 0;
  private readonly preferred: (() => void)[] = [];
  private readonly others: (() => void)[] = [];

  /** @param refusal makes the error for a task that finds the queue full */
  constructor(
    private readonly limits: ConcurrencyLimits,
    private readonly refusal: () => Error,
  ) {}

  /**
   * @param isPreferred whether it goes before all that are not
   * @throws the refusal, and whatever the task throws
   */
  async run<T>(task: () => Promise<T>, isPreferred = false): Promise<T> {
    await this.enter(isPreferred ? this.preferred : this.others);
    try {
      return await task();
    } finally {
      this.leave();
    }
  }

  private async enter(queue: (() => void)[]): Promise<void> {
    if (this.running < this.limits.running) {
      this.running += 1;
      return;
    }
    if (queue.length >= this.limits.waiting) throw this.refusal();
    const { promise, resolve } = Promise.withResolvers<void>();
    queue.push(resolve);
    await promise;
  }

  /** Hands the place over, so that nobody can come in between. */
  private leave(): void {
    const next = this.preferred.shift() ?? this.others.shift();
    if (next) next();
    else this.running -= 1;
  }
}
