import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { UnixListener } from './auth/index.js';
import type { Config } from './config/index.js';
import { createApp } from './create-app.js';
import { Listeners } from './dialects/index.js';
import { loggerFor } from './logger.js';
import { LogTail } from './system/index.js';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

const logger = new Logger('Atelier');

/** The command line that starts this program as it was started, on the port that it has. */
function sameAgain(config: Config, port: number): string[] {
  const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  return config.server.port === 0 ? [...args, '--port', String(port)] : args;
}

/**
 * Drains and closes the server, then lets the program begin anew in this very process: its id stays, so
 * whoever watches over it, a terminal, the demo or a process manager, notices nothing but a pause. A
 * signal to stop that comes meanwhile wins.
 */
async function restart(app: NestFastifyApplication, config: Config): Promise<void> {
  let told = false;
  for (const signal of STOP_SIGNALS) process.once(signal, () => (told = true));
  const { port } = app.getHttpServer().address() as AddressInfo;
  try {
    await app.close();
    if (told) return;
    process.execve?.(process.execPath, sameAgain(config, port), process.env);
  } catch (error) {
    process.stderr.write(`The restart failed: ${inspect(error)}\n`);
    process.exit(1);
  }
}

/** A log that cannot be written, to a file on a full disk or a pipe that was closed, does not end the server. */
function outliveLog(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Starts the server and says where it listens; it runs until a signal stops it. */
export async function serve(config: Config): Promise<void> {
  outliveLog();
  let begun = false;
  const again = (): void => {
    if (begun) return;
    begun = true;
    void restart(app, config);
  };
  const log = new LogTail();
  const app = await createApp(config, {
    log,
    logger: loggerFor(config, log),
    restart: process.execve ? again : undefined,
  });
  app.enableShutdownHooks([...STOP_SIGNALS], { useProcessExit: true });
  await app.listen(config.server.port, config.server.host);
  await app.get(UnixListener).listen();
  await app.get(Listeners).listen();
  const { address, port } = app.getHttpServer().address() as AddressInfo;
  logger.log(`Listening on http://${address.includes(':') ? `[${address}]` : address}:${port}`);
}
