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

/** Headers whose bearer token a browser has added by itself, as a cookie. */
const fromCookie = new WeakSet<IncomingHttpHeaders>();

/** Headers of requests that count as nobody's where they show no credential. */
const notAnonymous = new WeakSet<IncomingHttpHeaders>();

/** Notes that the browser's cookie stands in these headers as a bearer token, or would be set by the answer. */
export function noteCookie(headers: IncomingHttpHeaders): void {
  fromCookie.add(headers);
}

export function isFromCookie(headers: IncomingHttpHeaders): boolean {
  return fromCookie.has(headers);
}

/** Lets a request without a credential count as nobody's, also where the method none is on. */
export function withoutAnonymous(headers: IncomingHttpHeaders): void {
  notAnonymous.add(headers);
}

export function mayBeAnonymous(headers: IncomingHttpHeaders): boolean {
  return !notAnonymous.has(headers);
}

/** Whether the headers show a token or a key that only a program can have put there, and no browser by itself. */
export function isExplicit(headers: IncomingHttpHeaders): boolean {
  if (fromCookie.has(headers)) return false;
  return bearerToken(headers.authorization) !== null || single(headers['x-api-key']) !== '';
}

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
