import { TooManyAttemptsError } from './auth-errors.js';

/** Milliseconds in which one failure is forgotten. */
export const FORGET_ONE_MS = 120_000;

/** Milliseconds of the first delay; each further failure doubles it. */
export const FIRST_DELAY_MS = 5000;

/** Milliseconds of the longest delay: nobody is shut out for longer. */
export const LONGEST_DELAY_MS = 60_000;

/** Attempts of one bucket that run or wait for their turn. */
export const OPEN_ATTEMPTS = 32;

/** Seconds after which a client may come again that found too many attempts waiting. */
const BUSY_SECONDS = 2;

/**
 * Failed attempts that count together, such as those of one address. After some that are free, each one
 * closes the bucket for a delay that doubles. Attempts are made one after the other, so that guesses in
 * parallel all count, and many right sign-ins at once are no offence.
 */
export class AttemptBucket {
  private failures = 0;
  /** Unix time in milliseconds as of which the failures are counted. */
  private countedAt = 0;
  /** Unix time in milliseconds from which an attempt may be made. */
  private opensAt = 0;
  private open = 0;
  private turn: Promise<unknown> = Promise.resolve();

  /** @param free failures without a delay */
  constructor(private readonly free: number) {}

  /** Whether a new bucket would be no different. */
  get isUnused(): boolean {
    const now = Date.now();
    return this.open === 0 && this.opensAt <= now && this.failuresAt(now) === 0;
  }

  get isInUse(): boolean {
    return this.open > 0;
  }

  /** @throws TooManyAttemptsError where it comes too early or too many wait, and whatever the attempt throws */
  async run<T>(attempt: () => Promise<T>): Promise<T> {
    this.assertOpen();
    if (this.open >= OPEN_ATTEMPTS) throw new TooManyAttemptsError(BUSY_SECONDS);
    this.open += 1;
    const result = this.turn.then(() => {
      this.assertOpen();
      return attempt();
    });
    this.turn = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      this.open -= 1;
    }
  }

  countFailure(): void {
    const now = Date.now();
    this.failures = this.failuresAt(now) + 1;
    this.countedAt = now;
    const paid = Math.ceil(this.failures) - this.free;
    if (paid < 0) return;
    this.opensAt = now + Math.min(FIRST_DELAY_MS * 2 ** paid, LONGEST_DELAY_MS);
  }

  /** Forgets all failures. */
  clear(): void {
    this.failures = 0;
    this.opensAt = 0;
  }

  private failuresAt(now: number): number {
    // A clock that was set back forgets nothing, and keeps nobody out for longer.
    const elapsed = Math.max(0, now - this.countedAt);
    return Math.max(0, this.failures - elapsed / FORGET_ONE_MS);
  }

  private assertOpen(): void {
    const wait = Math.min(this.opensAt - Date.now(), LONGEST_DELAY_MS);
    if (wait > 0) throw new TooManyAttemptsError(Math.ceil(wait / 1000));
  }
}
