import { Injectable } from '@nestjs/common';
import { TooManyAttemptsError } from './auth-errors.js';
import { usernameKey } from './user.entity.js';

/** Failed attempts that one address may make on one username within a window. */
export const ATTEMPT_LIMIT = 10;

/** Length of the window in milliseconds; it begins with its first attempt. */
export const ATTEMPT_WINDOW = 5 * 60_000;

/** Pairs of username and address that are remembered; the oldest is forgotten first. */
export const REMEMBERED_PAIRS = 10_000;

interface Window {
  count: number;
  endsAt: number;
}

/**
 * The brake on guessing passwords: 10 failed attempts for each username and address in 5 minutes, then
 * none, not even with the right password, until the 5 minutes are over. Kept in memory: a restart
 * forgets it, and of more than 10 000 pairs the oldest. The address is part of it so that a stranger
 * cannot lock a user out from elsewhere.
 */
@Injectable()
export class LoginAttempts {
  private readonly windows = new Map<string, Window>();

  /** Counts an attempt before its password is checked, so that attempts in parallel count too.
   * @throws TooManyAttemptsError with `Retry-After` in seconds. */
  begin(username: string, address: string): void {
    const key = keyOf(username, address);
    const now = Date.now();
    const window = this.current(key, now);
    if (window.count >= ATTEMPT_LIMIT) {
      throw new TooManyAttemptsError(Math.ceil((window.endsAt - now) / 1000));
    }
    window.count += 1;
  }

  /** The password was right: whatever was counted for this pair is forgiven. */
  succeed(username: string, address: string): void {
    this.windows.delete(keyOf(username, address));
  }

  private current(key: string, now: number): Window {
    const known = this.windows.get(key);
    if (known && known.endsAt > now) return known;
    // Deleted first: a Map keeps the place of a key that is set again.
    this.windows.delete(key);
    const window = { count: 0, endsAt: now + ATTEMPT_WINDOW };
    this.windows.set(key, window);
    this.forgetOldest();
    return window;
  }

  private forgetOldest(): void {
    if (this.windows.size <= REMEMBERED_PAIRS) return;
    const [oldest] = this.windows.keys();
    if (oldest !== undefined) this.windows.delete(oldest);
  }
}

function keyOf(username: string, address: string): string {
  return JSON.stringify([usernameKey(username), address]);
}
