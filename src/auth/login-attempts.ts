import { Injectable } from '@nestjs/common';
import { InvalidCredentialsError, TooManyAttemptsError } from './auth-errors.js';
import { usernameKey } from './user.entity.js';

/** Failed attempts that one address may make on one username within a window. */
export const ATTEMPT_LIMIT = 10;

/** Length of the window in milliseconds; it begins with its first failure. */
export const ATTEMPT_WINDOW = 5 * 60_000;

/** Pairs of username and address that are remembered; the oldest is forgotten first. */
export const REMEMBERED_PAIRS = 10_000;

interface Pair {
  failures: number;
  /** Unix time in milliseconds at which the failures are forgotten. */
  endsAt: number;
  /** Attempts that are under way or wait for their turn. */
  open: number;
  /** Settles when the last of them has. */
  turn: Promise<unknown>;
}

/**
 * The brake on guessing passwords: 10 failed attempts for each username and address in 5 minutes, then
 * none, not even with the right password, until the 5 minutes are over. Kept in memory: a restart
 * forgets it, and of more than 10 000 pairs the oldest. The address is part of it so that a stranger
 * cannot lock a user out from elsewhere.
 */
@Injectable()
export class LoginAttempts {
  private readonly pairs = new Map<string, Pair>();

  /**
   * Checks a password, unless too many were wrong. Attempts of one pair are made one after the other:
   * guesses in parallel all count, and many right log ins at once are no offence.
   * @throws TooManyAttemptsError with `Retry-After` in seconds, and whatever `check` throws; an
   * InvalidCredentialsError of it counts as a failure.
   */
  async run<T>(username: string, address: string, check: () => Promise<T>): Promise<T> {
    const key = JSON.stringify([usernameKey(username), address]);
    const pair = this.remember(key);
    pair.open += 1;
    const attempt = pair.turn.then(() => attemptOf(pair, check));
    pair.turn = attempt.catch(() => undefined);
    try {
      return await attempt;
    } finally {
      pair.open -= 1;
      if (pair.open === 0 && pair.failures === 0 && this.pairs.get(key) === pair)
        this.pairs.delete(key);
    }
  }

  private remember(key: string): Pair {
    const known = this.pairs.get(key);
    if (known) return known;
    const pair = { failures: 0, endsAt: 0, open: 0, turn: Promise.resolve() };
    this.pairs.set(key, pair);
    const [oldest] = this.pairs.keys();
    if (this.pairs.size > REMEMBERED_PAIRS && oldest !== undefined) this.pairs.delete(oldest);
    return pair;
  }
}

async function attemptOf<T>(pair: Pair, check: () => Promise<T>): Promise<T> {
  const now = Date.now();
  if (pair.endsAt <= now) pair.failures = 0;
  if (pair.failures >= ATTEMPT_LIMIT)
    throw new TooManyAttemptsError(Math.ceil((pair.endsAt - now) / 1000));
  try {
    const result = await check();
    pair.failures = 0;
    return result;
  } catch (error) {
    if (error instanceof InvalidCredentialsError) countFailure(pair);
    throw error;
  }
}

function countFailure(pair: Pair): void {
  if (pair.failures === 0) pair.endsAt = Date.now() + ATTEMPT_WINDOW;
  pair.failures += 1;
}
