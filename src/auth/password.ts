import { randomBytes, randomInt } from 'node:crypto';
import argon2 from 'argon2';

/** OWASP's recommendation for argon2id: 19 MiB of memory, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Without the letters and digits that are taken for one another. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

const RANDOM_PASSWORD_LENGTH = 20;

function base64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '');
}

/** A hash that no password has: checking against it costs what checking a real one costs. */
const NOBODY = `$argon2id$v=19$m=${COST.memoryCost},p=${COST.parallelism},t=${COST.timeCost}$${base64(16)}$${base64(32)}`;

/** The argon2id hash of a password, in the PHC string format, salt and cost included. */
export function hashPassword(password: string): Promise<string> {
  return argon2.hash(password, { type: argon2.argon2id, ...COST });
}

/**
 * Whether the password is the one that was hashed. Without a hash, which is how an unknown user is
 * checked, it is false after the same time, so that the time does not tell which users there are.
 */
export async function verifyPassword(hash: string | undefined, password: string): Promise<boolean> {
  const matches = await argon2.verify(hash ?? NOBODY, password);
  return matches && hash !== undefined;
}

/** A password for a person to copy once: 20 characters, 115 bits. */
export function randomPassword(): string {
  return Array.from(
    { length: RANDOM_PASSWORD_LENGTH },
    () => ALPHABET[randomInt(ALPHABET.length)],
  ).join('');
}
