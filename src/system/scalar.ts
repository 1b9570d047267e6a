import { FastifyAdapter } from '@nestjs/platform-fastify';

const PREFIX = '/docs';
const SCRIPT = `${PREFIX}/js/scalar.js`;

let script: Promise<string> | undefined;

/**
 * Scalar's program. The package has it only inside its plugin, which would add routes of its own to our
 * server: so the plugin is asked for it in a server that nobody reaches. Loaded when it is first wanted.
 */
export function readScalar(): Promise<string> {
  script ??= ask();
  return script;
}

async function ask(): Promise<string> {
  const { default: plugin } = await import('@scalar/fastify-api-reference');
  const server = new FastifyAdapter().getInstance();
  await server.register(plugin, { routePrefix: PREFIX, configuration: { url: '/openapi.json' } });
  const { statusCode, body } = await server.inject(SCRIPT);
  await server.close();
  if (statusCode !== 200) throw new Error(`The plugin has no ${SCRIPT}.`);
  return body;
}
