import { randomInt } from 'node:crypto';

/** Without the letters and digits that are taken for one another. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

const RANDOM_PASSWORD_LENGTH = 20;

/** A password for a person to copy once: 20 characters, 115 bits. */
export function randomPassword(): string {
  return Array.from(
    { length: RANDOM_PASSWORD_LENGTH },
    () => ALPHABET[randomInt(ALPHABET.length)],
  ).join('');
}
