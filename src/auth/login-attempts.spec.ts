import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TooManyAttemptsError } from './auth-errors.js';
import {
  ATTEMPT_LIMIT,
  ATTEMPT_WINDOW,
  LoginAttempts,
  REMEMBERED_PAIRS,
} from './login-attempts.js';

function spend(attempts: LoginAttempts, username: string, address: string): void {
  for (let count = 0; count < ATTEMPT_LIMIT; count += 1) attempts.begin(username, address);
}

function refusal(attempts: LoginAttempts, username: string, address: string): unknown {
  try {
    attempts.begin(username, address);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('LoginAttempts', () => {
  let attempts: LoginAttempts;

  beforeEach(() => {
    vi.useFakeTimers();
    attempts = new LoginAttempts();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('refuses the attempt after the last allowed one and says when to come back', () => {
    spend(attempts, 'ann', '10.0.0.1');
    vi.advanceTimersByTime(60_500);
    const error = refusal(attempts, 'ann', '10.0.0.1');
    expect(error).toBeInstanceOf(TooManyAttemptsError);
    expect(error).toMatchObject({
      code: 'TOO_MANY_ATTEMPTS',
      status: 429,
      headers: { 'Retry-After': '240' },
    });
  });

  it('counts a username once, however it is written', () => {
    spend(attempts, 'ann', '10.0.0.1');
    expect(refusal(attempts, 'ANN', '10.0.0.1')).toBeInstanceOf(TooManyAttemptsError);
  });

  it('lets other users and other addresses in', () => {
    spend(attempts, 'ann', '10.0.0.1');
    expect(refusal(attempts, 'bob', '10.0.0.1')).toBeUndefined();
    expect(refusal(attempts, 'ann', '10.0.0.2')).toBeUndefined();
  });

  it('begins anew when the window is over', () => {
    spend(attempts, 'ann', '10.0.0.1');
    vi.advanceTimersByTime(ATTEMPT_WINDOW - 1);
    expect(refusal(attempts, 'ann', '10.0.0.1')).toBeInstanceOf(TooManyAttemptsError);
    vi.advanceTimersByTime(1);
    expect(refusal(attempts, 'ann', '10.0.0.1')).toBeUndefined();
  });

  it('forgives what was counted once the password is right', () => {
    for (let count = 1; count < ATTEMPT_LIMIT; count += 1) attempts.begin('ann', '10.0.0.1');
    attempts.succeed('Ann', '10.0.0.1');
    spend(attempts, 'ann', '10.0.0.1');
    expect(refusal(attempts, 'ann', '10.0.0.1')).toBeInstanceOf(TooManyAttemptsError);
  });

  it('remembers a bounded number of pairs and forgets the oldest', () => {
    spend(attempts, 'ann', '10.0.0.1');
    for (let pair = 1; pair < REMEMBERED_PAIRS; pair += 1)
      attempts.begin(`user${pair}`, '10.0.0.1');
    expect(refusal(attempts, 'ann', '10.0.0.1')).toBeInstanceOf(TooManyAttemptsError);
    attempts.begin('one more', '10.0.0.1');
    expect(refusal(attempts, 'ann', '10.0.0.1')).toBeUndefined();
  });
});
