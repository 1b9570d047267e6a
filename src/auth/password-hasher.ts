import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import argon2 from 'argon2';
import { PasswordChecksBusyError } from './auth-errors.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';

/** OWASP's recommendation for argon2id: 19 MiB of memory, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes that are computed at a time: half of libuv's threads, which files and DNS need too. */
export const HASHES_AT_ONCE = 2;

/** Hashes that wait for their turn, in each of the two queues: seconds of work. */
export const WAITING_HASHES = 32;

function base64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '');
}

/** A hash that no password has: checking against it costs what checking a real one costs. */
const NOBODY = `$argon2id$v=19$m=${COST.memoryCost},p=${COST.parallelism},t=${COST.timeCost}$${base64(16)}$${base64(32)}`;

/** Computes every hash of a password in this server, a few at a time. */
@Injectable()
export class PasswordHasher {
  private readonly limiter = new ConcurrencyLimiter(
    { running: HASHES_AT_ONCE, waiting: WAITING_HASHES },
    () => new PasswordChecksBusyError(),
  );

  /**
   * The argon2id hash of a password, in the PHC string format, salt and cost included.
   * @throws PasswordChecksBusyError
   */
  hash(password: string): Promise<string> {
    return this.limiter.run(() => argon2.hash(password, { type: argon2.argon2id, ...COST }), true);
  }

  /**
   * Whether the password is the one that was hashed. Without a hash, which is how an unknown user is
   * checked, it is false after the same time, so that the time does not tell which users there are.
   * @param isPreferred whether it goes before the checks of strangers
   * @throws PasswordChecksBusyError
   */
  async verify(hash: string | undefined, password: string, isPreferred: boolean): Promise<boolean> {
    const matches = await this.limiter.run(
      () => argon2.verify(hash ?? NOBODY, password),
      isPreferred,
    );
    return matches && hash !== undefined;
  }
}
