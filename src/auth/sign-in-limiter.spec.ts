import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  FIRST_DELAY_MS,
  FORGET_ONE_MS,
  LONGEST_DELAY_MS,
  OPEN_ATTEMPTS,
} from './attempt-bucket.js';
import { InvalidCredentialsError, TooManyAttemptsError } from './auth-errors.js';
import type { KnownAddresses } from './known-addresses.js';
import {
  FREE_OF_ADDRESS,
  FREE_OF_NAME,
  REMEMBERED_BUCKETS,
  SignInLimiter,
} from './sign-in-limiter.js';

const HOME = '192.0.2.1';

let limiter: SignInLimiter;

beforeEach(() => {
  vi.useFakeTimers();
  const pairs = new Set<string>();
  const known: Pick<KnownAddresses, 'has' | 'add'> = {
    has: (name, range) => Promise.resolve(pairs.has(`${name} ${range}`)),
    add: (name, range) => void pairs.add(`${name} ${range}`),
  };
  limiter = new SignInLimiter(known as KnownAddresses);
});

afterEach(() => {
  vi.useRealTimers();
});

const wrong = (): Promise<string> => Promise.reject(new InvalidCredentialsError());
const right = (): Promise<string> => Promise.resolve('in');

/** What an attempt gave, or the code of its error. */
function outcome(username: string, address: string, check = wrong): Promise<string> {
  return limiter
    .run({ username, address }, check)
    .catch((error: Error) => (error as InvalidCredentialsError).code);
}

/** Guesses as often as costs nothing; each one is checked. */
async function guess(
  times: number,
  username: (index: number) => string,
  address: (index: number) => string,
) {
  for (let index = 0; index < times; index += 1)
    expect(await outcome(username(index), address(index))).toBe('INVALID_CREDENTIALS');
}

async function secondsToWait(username: string, address: string): Promise<number> {
  const error: unknown = await limiter
    .run({ username, address }, right)
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TooManyAttemptsError);
  return Number((error as TooManyAttemptsError).headers['Retry-After']);
}

describe('SignInLimiter', () => {
  it('delays one username over all addresses', async () => {
    await guess(
      FREE_OF_NAME,
      () => 'ann',
      (index) => `198.51.100.${index}`,
    );
    expect(await secondsToWait('ann', HOME)).toBe(FIRST_DELAY_MS / 1000);
    expect(await secondsToWait('ＡNN', HOME)).toBe(FIRST_DELAY_MS / 1000);
    expect(await outcome('bob', HOME, right)).toBe('in');
  });

  it('delays one address over all usernames', async () => {
    await guess(
      FREE_OF_ADDRESS,
      (index) => `user${index}`,
      () => HOME,
    );
    expect(await secondsToWait('bob', HOME)).toBe(FIRST_DELAY_MS / 1000);
    expect(await secondsToWait('bob', `::ffff:${HOME}`)).toBe(FIRST_DELAY_MS / 1000);
    expect(await outcome('bob', '192.0.2.2', right)).toBe('in');
  });

  it('takes the /64 of an IPv6 address for one address', async () => {
    await guess(
      FREE_OF_ADDRESS,
      (index) => `user${index}`,
      (index) => `2001:db8:0:1::${index}`,
    );
    expect(await outcome('bob', '2001:db8:0:1:ffff::1', right)).toBe('TOO_MANY_ATTEMPTS');
    expect(await outcome('bob', '2001:db8:0:2::1', right)).toBe('in');
  });

  it('lets the right password in after a delay that doubles up to a minute, whatever came in between', async () => {
    await guess(
      FREE_OF_NAME,
      () => 'ann',
      () => HOME,
    );
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      for (let early = 0; early < 5; early += 1) await outcome('ann', '198.51.100.7');
      const seconds = await secondsToWait('ann', '198.51.100.8');
      waits.push(seconds);
      vi.advanceTimersByTime(seconds * 1000);
      await guess(
        1,
        () => 'ann',
        () => `198.51.100.${round}`,
      );
    }
    expect(waits.slice(0, 5)).toEqual([5, 10, 20, 40, 60]);
    expect(Math.max(...waits)).toBe(LONGEST_DELAY_MS / 1000);
    vi.advanceTimersByTime(LONGEST_DELAY_MS);
    expect(await outcome('ann', '203.0.113.1', right)).toBe('in');
  });

  it('does not slow a user at an address where they have signed in', async () => {
    expect(await outcome('ann', HOME, right)).toBe('in');
    await guess(
      FREE_OF_NAME,
      () => 'ann',
      (index) => `198.51.100.${index}`,
    );
    await guess(
      FREE_OF_ADDRESS,
      (index) => `user${index}`,
      () => HOME,
    );
    expect(await outcome('ann', '203.0.113.1', right)).toBe('TOO_MANY_ATTEMPTS');
    expect(await outcome('bob', HOME, right)).toBe('TOO_MANY_ATTEMPTS');
    expect(await outcome('ann', HOME, right)).toBe('in');
  });

  it('delays guesses at an address where the user has signed in, and for a user who is signed in', async () => {
    expect(await outcome('ann', HOME, right)).toBe('in');
    await guess(
      FREE_OF_NAME,
      () => 'ann',
      () => HOME,
    );
    expect(await secondsToWait('ann', HOME)).toBe(FIRST_DELAY_MS / 1000);
    const signedIn = { username: 'bob', address: HOME, isSignedIn: true };
    for (let index = 0; index < FREE_OF_NAME; index += 1)
      await expect(limiter.run(signedIn, wrong)).rejects.toBeInstanceOf(InvalidCredentialsError);
    await expect(limiter.run(signedIn, right)).rejects.toBeInstanceOf(TooManyAttemptsError);
    vi.advanceTimersByTime(FIRST_DELAY_MS);
    expect(await limiter.run(signedIn, right)).toBe('in');
  });

  it('tells the check whether the user is known there', async () => {
    const tell = (isKnown: boolean): Promise<boolean> => Promise.resolve(isKnown);
    expect(await limiter.run({ username: 'ann', address: HOME }, tell)).toBe(false);
    expect(await limiter.run({ username: 'ann', address: HOME }, tell)).toBe(true);
  });

  it('forgets failures with time', async () => {
    await guess(
      FREE_OF_NAME,
      () => 'ann',
      () => HOME,
    );
    vi.advanceTimersByTime(3 * FORGET_ONE_MS);
    await guess(
      3,
      () => 'ann',
      () => HOME,
    );
    expect(await outcome('ann', HOME)).toBe('TOO_MANY_ATTEMPTS');
  });

  it('counts guesses made at the same time, and checks them one after the other', async () => {
    let running = 0;
    const check = async (): Promise<string> => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      running -= 1;
      throw new InvalidCredentialsError();
    };
    const outcomes = await Promise.all(
      Array.from({ length: FREE_OF_NAME + 5 }, () => outcome('ann', HOME, check)),
    );
    expect(outcomes.filter((code) => code === 'TOO_MANY_ATTEMPTS')).toHaveLength(5);
    const others = await Promise.all(
      Array.from({ length: 200 }, (_, index) => outcome(`user${index}`, HOME, check)),
    );
    expect(others.filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(
      FREE_OF_ADDRESS - FREE_OF_NAME,
    );
  });

  it('lets right passwords in at the same time, as many as may wait', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: OPEN_ATTEMPTS + 1 }, () => outcome('ann', HOME, right)),
    );
    expect(outcomes.filter((code) => code === 'in')).toHaveLength(OPEN_ATTEMPTS);
    expect(outcomes.at(-1)).toBe('TOO_MANY_ATTEMPTS');
  });

  it('does not count a fault of ours as a wrong password', async () => {
    const broken = new Error('database is locked');
    for (let count = 0; count <= FREE_OF_ADDRESS; count += 1)
      await expect(
        limiter.run({ username: 'ann', address: HOME }, () => Promise.reject(broken)),
      ).rejects.toBe(broken);
    expect(await outcome('ann', HOME, right)).toBe('in');
  });

  it('remembers a bounded number of usernames and forgets the oldest', async () => {
    await guess(
      FREE_OF_NAME,
      () => 'ann',
      () => HOME,
    );
    const elsewhere = (index: number): string => `2001:db8:${index.toString(16)}::1`;
    await guess(REMEMBERED_BUCKETS, (index) => `user${index}`, elsewhere);
    expect(await outcome('ann', '203.0.113.1', right)).toBe('in');
  });
});
