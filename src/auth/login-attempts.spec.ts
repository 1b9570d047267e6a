import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InvalidCredentialsError, TooManyAttemptsError } from './auth-errors.js';
import {
  ATTEMPT_LIMIT,
  ATTEMPT_WINDOW,
  LoginAttempts,
  REMEMBERED_PAIRS,
} from './login-attempts.js';

let attempts: LoginAttempts;

beforeEach(() => {
  vi.useFakeTimers();
  attempts = new LoginAttempts();
});

afterEach(() => {
  vi.useRealTimers();
});

const HOME = '10.0.0.1';

function wrong(): Promise<string> {
  return Promise.reject(new InvalidCredentialsError());
}

function right(): Promise<string> {
  return Promise.resolve('in');
}

/** The error of an attempt, or what it gave. */
async function outcome(username: string, address: string, check = wrong): Promise<unknown> {
  return attempts.run(username, address, check).catch((error: unknown) => error);
}

async function fail(username: string, address: string, times = ATTEMPT_LIMIT): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    expect(await outcome(username, address)).toBeInstanceOf(InvalidCredentialsError);
  }
}

describe('LoginAttempts', () => {
  it('refuses even the right password after the last allowed failure, and says when to come back', async () => {
    await fail('ann', HOME, 1);
    vi.advanceTimersByTime(60_500);
    await fail('ann', HOME, ATTEMPT_LIMIT - 1);
    const refusal = await outcome('ann', HOME, right);
    expect(refusal).toBeInstanceOf(TooManyAttemptsError);
    expect(refusal).toMatchObject({
      code: 'TOO_MANY_ATTEMPTS',
      status: 429,
      headers: { 'Retry-After': '240' },
    });
  });

  it('counts a username once, however it is written', async () => {
    await fail('ann', HOME);
    expect(await outcome('ANN', HOME)).toBeInstanceOf(TooManyAttemptsError);
  });

  it('lets other users and other addresses in', async () => {
    await fail('ann', HOME);
    expect(await outcome('bob', HOME, right)).toBe('in');
    expect(await outcome('ann', '10.0.0.2', right)).toBe('in');
  });

  it('begins anew when the window is over', async () => {
    await fail('ann', HOME);
    vi.advanceTimersByTime(ATTEMPT_WINDOW - 1);
    expect(await outcome('ann', HOME, right)).toBeInstanceOf(TooManyAttemptsError);
    vi.advanceTimersByTime(1);
    await fail('ann', HOME);
    expect(await outcome('ann', HOME)).toBeInstanceOf(TooManyAttemptsError);
  });

  it('forgives what was counted once the password is right', async () => {
    await fail('ann', HOME, ATTEMPT_LIMIT - 1);
    expect(await outcome('ann', HOME, right)).toBe('in');
    await fail('ann', HOME);
  });

  it('counts failures made at the same time', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: ATTEMPT_LIMIT + 5 }, () => outcome('ann', HOME)),
    );
    expect(outcomes.filter((error) => error instanceof TooManyAttemptsError)).toHaveLength(5);
  });

  it('lets any number of right passwords in at the same time', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => outcome('ann', HOME, right)),
    );
    expect(new Set(outcomes)).toEqual(new Set(['in']));
  });

  it('does not count a fault of ours as a wrong password', async () => {
    const broken = new Error('database is locked');
    for (let count = 0; count <= ATTEMPT_LIMIT; count += 1) {
      expect(await outcome('ann', HOME, () => Promise.reject(broken))).toBe(broken);
    }
    expect(await outcome('ann', HOME, right)).toBe('in');
  });

  it('remembers a bounded number of pairs and forgets the oldest', async () => {
    await fail('ann', HOME);
    for (let pair = 1; pair < REMEMBERED_PAIRS; pair += 1) await outcome(`user${pair}`, HOME);
    expect(await outcome('ann', HOME)).toBeInstanceOf(TooManyAttemptsError);
    await outcome('one more', HOME);
    expect(await outcome('ann', HOME, right)).toBe('in');
  });
});
