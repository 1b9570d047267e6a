import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { noteCookie } from '../auth/index.js';
import { isBelow } from '../common/index.js';
import type { Dialect } from './dialect.js';
import * as list from './list.js';

export type { Dialect } from './dialect.js';
export { ListenersModule } from './listener/listeners.module.js';
export { Listeners, type OpenListener } from './listener/listeners.js';

/** Every dialect of this program. */
export const DIALECTS: readonly Dialect[] = Object.values(list);

function isEmpty({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

/** Puts a request into the form that the house reads, where the clients of the dialect it is for have another. */
export function prepare({ raw: request, routeOptions }: FastifyRequest): void {
  const [path = ''] = (request.url ?? '').split('?', 1);
  for (const { prefix, showCredential, cookieRoutes, typesNothing } of DIALECTS) {
    if (cookieRoutes?.includes(routeOptions.url ?? '')) noteCookie(request.headers);
    if (!isBelow(path, prefix)) continue;
    showCredential?.(request);
    if (typesNothing && isEmpty(request)) delete request.headers['content-type'];
  }
}
