import type { IncomingMessage } from 'node:http';
import type { Dialect } from './dialect.js';
import * as list from './list.js';

export type { Dialect } from './dialect.js';
export { ListenersModule } from './listener/listeners.module.js';
export { Listeners, type OpenListener } from './listener/listeners.js';

/** Every dialect of this program. */
export const DIALECTS: readonly Dialect[] = Object.values(list);

/** Lets the dialect that is addressed say where its clients show who they are. */
export function showCredential(request: IncomingMessage): void {
  const path = request.url ?? '';
  for (const { prefix, showCredential: show } of DIALECTS) {
    if (path === prefix || path.startsWith(`${prefix}/`) || path.startsWith(`${prefix}?`))
      show?.(request);
  }
}
