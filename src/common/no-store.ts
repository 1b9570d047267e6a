import type { FastifyInstance } from 'fastify';

/**
 * Answers that do not say how long they may be kept are not kept at all, neither by a browser nor by a proxy
 * that is shared: most of them are somebody's own.
 */
export function forbidCaching(server: FastifyInstance): void {
  server.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
  });
}
