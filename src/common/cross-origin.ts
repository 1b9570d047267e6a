import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Seconds for which a browser need not ask again. */
const MAX_AGE = 600;

/**
 * Lets web pages of these origins call the server from a browser. They bring a credential of their own:
 * a browser's cookies are never accepted from them.
 */
export function admitPages(app: NestFastifyApplication, origins: string[]): void {
  if (origins.length === 0) return;
  const shared = { methods: METHODS, exposedHeaders: '*', credentials: false, maxAge: MAX_AGE };
  app.enableCors({
    delegator: ({ method, headers }, callback) => {
      // Without that header it is no browser that asks, but a client that wants to know what there is.
      const isPing = method === 'OPTIONS' && !headers['access-control-request-method'];
      callback(null, { ...shared, origin: isPing ? false : origins });
    },
  });
}
