import type { IncomingHttpHeaders } from 'node:http';
import { looksLikeApiKey } from './api-key.js';
import type { Credential } from './credential.js';

/** Requests whose Basic credential is read: those of clients that can send no other. */
const readers = new WeakSet<IncomingHttpHeaders>();

/** Lets a Basic credential (RFC 7617) in the headers of this request count. */
export function readBasic(headers: IncomingHttpHeaders): void {
  readers.add(headers);
}

const SCHEME = 'basic';

function decoded(header: string): string | undefined {
  if (header.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return undefined;
  const rest = header.slice(SCHEME.length);
  const text = rest.trim();
  const isApart = rest.startsWith(' ') && /^[\w+/=-]+$/.test(text);
  return isApart ? Buffer.from(text, 'base64').toString('utf8') : undefined;
}

/**
 * A username and a password, or an API key in the place of either. Clients that were told none send a text
 * without a colon, or nothing: that is no credential.
 */
export function basicCredential(headers: IncomingHttpHeaders): Credential | undefined {
  if (!readers.has(headers)) return undefined;
  const text = decoded(headers.authorization ?? '');
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 0) return undefined;
  const [username, password] = [text.slice(0, colon), text.slice(colon + 1)];
  const key = [password, username].find(looksLikeApiKey);
  if (key) return { kind: 'key', key };
  return username === '' && password === '' ? undefined : { kind: 'basic', username, password };
}

/** Whether an `Authorization` header is of the kind that is read here. */
export function isReadBasic(headers: IncomingHttpHeaders): boolean {
  return readers.has(headers) && /^Basic\b/i.test(headers.authorization ?? '');
}
