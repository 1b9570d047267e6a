import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** Every key begins with it, so that people and secret scanners know one when they see it. */
const MARK = 'atk_';

const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 10;

/** 256 bits: a hash of it needs no salt and no slowness. */
const SECRET_BYTES = 32;

const SHAPE = /^(atk_[a-z\d]{10})_[\w-]{43}$/;

/** Stands in for a key that is not there, so that looking for one takes as long as finding one. */
const NOBODY = '0'.repeat(64);

export interface NewApiKey {
  /** `atk_<id>_<secret>`; for its owner, once. */
  key: string;
  /** `atk_<id>`. */
  prefix: string;
  hash: string;
}

/** Whether a text claims to be one of our keys; says nothing about whether it is good. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith(MARK);
}

/** SHA-256 of the whole key, in hex. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

export function createApiKey(): NewApiKey {
  const id = Array.from(
    { length: ID_LENGTH },
    () => ID_ALPHABET[randomInt(ID_ALPHABET.length)],
  ).join('');
  const prefix = `${MARK}${id}`;
  const key = `${prefix}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { key, prefix, hash: hashApiKey(key) };
}

/** What a key is looked up by; undefined for a text that cannot be one. */
export function prefixOf(key: string): string | undefined {
  return SHAPE.exec(key)?.[1];
}

/** Whether the key is the one that was hashed, in a time that does not tell how much of it is right. */
export function matchesApiKey(hash: string | undefined, key: string): boolean {
  const same = timingSafeEqual(Buffer.from(hash ?? NOBODY), Buffer.from(hashApiKey(key)));
  return same && hash !== undefined;
}
