import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { addressRange } from './address-range.js';
import { AttemptBucket } from './attempt-bucket.js';
import { InvalidCredentialsError } from './auth-errors.js';
import { KnownAddresses } from './known-addresses.js';
import { usernameKey } from './user.entity.js';

/** Failures without a delay of one address, over all usernames. */
export const FREE_OF_ADDRESS = 20;

/** Failures without a delay of one username, over all addresses. */
export const FREE_OF_NAME = 10;

/** Buckets of each kind that are remembered; the oldest is forgotten first. */
export const REMEMBERED_BUCKETS = 10_000;

/** Characters of a username that stands for itself here; a longer one cannot be a user's. */
const LONGEST_NAME = 64;

export interface SignInAttempt {
  username: string;
  /** IP address of the client. */
  address: string;
  /** Whether the caller has shown a credential of this user. */
  isSignedIn?: boolean;
}

class Buckets {
  private readonly byKey = new Map<string, AttemptBucket>();

  constructor(private readonly free: number) {}

  /** The bucket of a key; the one that was asked for longest ago makes room for it. */
  of(key: string): AttemptBucket {
    const bucket = this.byKey.get(key) ?? new AttemptBucket(this.free);
    this.byKey.delete(key);
    this.byKey.set(key, bucket);
    if (this.byKey.size > REMEMBERED_BUCKETS) this.forgetOne();
    return bucket;
  }

  /** Forgets a bucket that a new one would not differ from. */
  tidy(key: string): void {
    if (this.byKey.get(key)?.isUnused) this.byKey.delete(key);
  }

  private forgetOne(): void {
    for (const [key, bucket] of this.byKey) {
      if (bucket.isInUse) continue;
      this.byKey.delete(key);
      return;
    }
  }
}

/**
 * The limit on guessing passwords. Failures count per address over all usernames and per username over all
 * addresses, and cost a delay that rises to a minute; nobody is locked out. Where a user has signed in well
 * of late, or is signed in, only the failures for that user from there count, so that the guesses of others
 * do not slow them down. Kept in memory: a restart forgets it.
 */
@Injectable()
export class SignInLimiter {
  private readonly addresses = new Buckets(FREE_OF_ADDRESS);
  private readonly names = new Buckets(FREE_OF_NAME);
  private readonly knownPairs = new Buckets(FREE_OF_NAME);

  constructor(private readonly known: KnownAddresses) {}

  /**
   * Checks a password, unless too many were wrong.
   * @param check is told whether the user is known to come from there
   * @throws TooManyAttemptsError with `Retry-After` in seconds, and whatever `check` throws; an
   * InvalidCredentialsError of it counts as a failure.
   */
  async run<T>(attempt: SignInAttempt, check: (isKnown: boolean) => Promise<T>): Promise<T> {
    const name = nameOf(attempt.username);
    const range = addressRange(attempt.address);
    const isKnown = attempt.isSignedIn === true || (await this.known.has(name, range));
    return isKnown
      ? this.checkKnown(JSON.stringify([name, range]), () => check(true))
      : this.checkStranger(name, range, () => check(false));
  }

  private async checkKnown<T>(pair: string, check: () => Promise<T>): Promise<T> {
    const bucket = this.knownPairs.of(pair);
    try {
      return await bucket.run(async () => {
        const result = await counted([bucket], check);
        bucket.clear();
        return result;
      });
    } finally {
      this.knownPairs.tidy(pair);
    }
  }

  private async checkStranger<T>(name: string, range: string, check: () => Promise<T>): Promise<T> {
    const ofAddress = this.addresses.of(range);
    const ofName = this.names.of(name);
    try {
      // Always in this order: who waits for a name holds an address, and never the other way round.
      const result = await ofAddress.run(() =>
        ofName.run(() => counted([ofAddress, ofName], check)),
      );
      this.known.add(name, range);
      return result;
    } finally {
      this.addresses.tidy(range);
      this.names.tidy(name);
    }
  }
}

async function counted<T>(buckets: readonly AttemptBucket[], check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof InvalidCredentialsError)
      for (const bucket of buckets) bucket.countFailure();
    throw error;
  }
}

function nameOf(username: string): string {
  const key = usernameKey(username);
  return key.length > LONGEST_NAME ? createHash('sha256').update(key).digest('base64') : key;
}
