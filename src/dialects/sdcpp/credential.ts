import type { IncomingMessage } from 'node:http';
import { isSecure, noteCookie } from '../../auth/index.js';

/** The cookie of a person who has signed in over plain HTTP. */
const COOKIE = 'sdcpp_auth';

/** The cookie over TLS: browsers take one of such a name from this very host alone, and only over TLS. */
const HOST_COOKIE = `__Host-${COOKIE}`;

/** The one name that counts for this request. */
function nameFor(request: IncomingMessage): string {
  return isSecure(request) ? HOST_COOKIE : COOKIE;
}

/** A `Set-Cookie` that no program on the page can read, and no request from elsewhere carries. */
export function cookieFor(request: IncomingMessage, value: string, seconds: number): string {
  const name = nameFor(request);
  const secure = isSecure(request) ? '; Secure' : '';
  return `${name}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}${secure}`;
}

/** The value of a cookie; undefined where it is not sent. */
function cookieOf({ headers }: IncomingMessage, name: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const found = pairs.find((pair) => pair.startsWith(`${name}=`));
  return found && found.length > name.length + 1 ? found.slice(name.length + 1) : undefined;
}

/** The cookie of the web UI stands for a bearer token, where nothing else is shown. */
export function showSdcppCredential(request: IncomingMessage): void {
  const { headers } = request;
  const token = cookieOf(request, nameFor(request));
  if (token === undefined || headers.authorization || headers['x-api-key']) return;
  headers.authorization = `Bearer ${token}`;
  noteCookie(headers);
}
