import { ConsoleLogger, Logger } from '@nestjs/common';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { UnixListener } from './auth/index.js';
import { ConfigError, loadConfig, type Config } from './config/index.js';
import { createApp } from './create-app.js';

const LEVELS = ['debug', 'log', 'warn', 'error', 'fatal'] as const;

function loggerFor({ server }: Config): ConsoleLogger {
  const lowest = LEVELS.indexOf(server.logLevel === 'info' ? 'log' : server.logLevel);
  return new ConsoleLogger({
    json: server.logFormat === 'json',
    colors: server.logFormat === 'pretty' && process.stdout.isTTY === true,
    logLevels: LEVELS.slice(lowest),
  });
}

async function main(): Promise<void> {
  const config = loadConfig();
  const app = await createApp(config, { logger: loggerFor(config) });
  app.enableShutdownHooks(['SIGTERM', 'SIGINT', 'SIGHUP'], { useProcessExit: true });
  await app.listen(config.server.port, config.server.host);
  await app.get(UnixListener).listen();
  const { address, port } = app.getHttpServer().address() as AddressInfo;
  new Logger('Atelier').log(
    `Listening on http://${address.includes(':') ? `[${address}]` : address}:${port}`,
  );
}

try {
  await main();
} catch (error) {
  // A fault of the configuration is the operator's to mend: a sentence helps, a stack trace does not.
  process.stderr.write(`${error instanceof ConfigError ? error.message : inspect(error)}\n`);
  process.exit(1);
}
