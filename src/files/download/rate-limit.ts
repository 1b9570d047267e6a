/** How many callers are remembered; beyond it those whose time is over are forgotten first, then the oldest. */
const REMEMBERED = 10_000;

interface Window {
  /** Milliseconds. */
  endsAt: number;
  count: number;
}

/** So many uses for each caller within a window of time. */
export class RateLimit {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Counts a use. @returns seconds until the next one is free; 0 when this one is */
  use(caller: string): number {
    const now = this.now();
    const known = this.windows.get(caller);
    if (known && known.endsAt > now) {
      if (known.count >= this.limit) return Math.ceil((known.endsAt - now) / 1000);
      known.count += 1;
      return 0;
    }
    // A new window goes to the end, so that the map stays in the order of time.
    this.windows.delete(caller);
    if (this.windows.size >= REMEMBERED) this.forget(now);
    this.windows.set(caller, { endsAt: now + this.windowMs, count: 1 });
    return 0;
  }

  private forget(now: number): void {
    for (const [caller, { endsAt }] of this.windows) {
      if (endsAt > now && this.windows.size < REMEMBERED) return;
      this.windows.delete(caller);
    }
  }
}
