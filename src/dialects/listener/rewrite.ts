import type { IncomingMessage } from 'node:http';
import type { Dialect } from '../dialect.js';

/** Requests that came in by a listener: what that put before their paths. */
const mounts = new WeakMap<IncomingMessage, string>();

/** What a request asks for, whether it is written as a path or, as to a proxy, as a whole address. */
function pathOf(url: string): string {
  if (url.startsWith('/')) return url;
  const scheme = url.indexOf('://');
  const rest = scheme < 0 ? '' : url.slice(scheme + 3);
  const start = rest.search(/[/?#]/);
  const path = start < 0 ? '' : rest.slice(start);
  return path.startsWith('/') ? path : `/${path}`;
}

/** Turns a path of a listener into one of the house; what the dialect has not ends as its own "not found". */
export function enter(request: IncomingMessage, { prefix, mount }: Dialect): void {
  const path = pathOf(request.url ?? '/');
  const target = `${mount}${path}`;
  const inside = target === prefix || /^[/?]/.test(target.slice(prefix.length));
  request.url = target.startsWith(prefix) && inside ? target : `${prefix}${path}`;
  mounts.set(request, mount);
}

/**
 * What a client of this request puts before the paths of a dialect: nothing on a listener, the mount else.
 * For addresses that an answer holds.
 */
export function basePathOf(request: IncomingMessage, { mount }: Pick<Dialect, 'mount'>): string {
  return mounts.has(request) ? '' : mount;
}
