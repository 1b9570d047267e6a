import type { IncomingHttpHeaders } from 'node:http';
import { looksLikeApiKey } from './api-key.js';
import { basicCredential, isReadBasic } from './basic-credential.js';
import { bearerToken } from './token.js';

/** What a caller shows to prove who they are; unproven. */
export type Credential =
  | { kind: 'token'; token: string }
  | { kind: 'key'; key: string }
  | { kind: 'unix'; username: string }
  | { kind: 'basic'; username: string; password: string }
  /** An `Authorization` header that is not understood. */
  | { kind: 'unreadable' };

/** A bearer token, which is an access token or an API key. */
export function bearerCredential(text: string): Credential {
  return looksLikeApiKey(text) ? { kind: 'key', key: text } : { kind: 'token', token: text };
}

function single(value: string | string[] | undefined): string {
  return [value ?? ''].flat().join(', ');
}

/**
 * The one credential of a request that counts: a bearer token before `X-API-Key` before `X-Unix-User`
 * before a Basic one where that is read.
 * An `Authorization` header of another kind counts only where there is nothing else, for it may be meant
 * for a proxy in front.
 */
export function credentialOf(headers: IncomingHttpHeaders): Credential | undefined {
  const bearer = bearerToken(headers.authorization);
  if (bearer) return bearerCredential(bearer);
  const key = single(headers['x-api-key']);
  if (key) return { kind: 'key', key };
  const username = single(headers['x-unix-user']);
  if (username) return { kind: 'unix', username };
  if (isReadBasic(headers)) return basicCredential(headers);
  return headers.authorization ? { kind: 'unreadable' } : undefined;
}
