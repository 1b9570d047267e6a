import { Logger } from '@nestjs/common';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { UnixListener } from './auth/index.js';
import { FolderLock, type Config } from './config/index.js';
import { RequestsInProgress } from './connections/index.js';
import { createApp } from './create-app.js';
import { Listeners } from './dialects/index.js';
import { loggerFor } from './logger.js';
import { ServerStop, STOP_SIGNALS } from './server-stop.js';
import { LogTail, watchEventLoop } from './system/index.js';

const logger = new Logger('Atelier');

/**
 * Lets the program begin anew in this very process: its id stays, so whoever watches over it, a terminal,
 * the demo or a process manager, notices nothing but a pause.
 * @param port that it has, which the system may have chosen.
 */
function beginAnew(config: Config, port: number): void {
  const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const sameAgain = config.server.port === 0 ? [...args, '--port', String(port)] : args;
  try {
    process.execve?.(process.execPath, sameAgain, process.env);
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
  // Held to the end of the process; a program that begins anew in it starts without.
  const lock = await FolderLock.take(config);
  const log = new LogTail();
  const app = await createApp(config, {
    log,
    logger: loggerFor(config, log),
    restart: process.execve ? () => stop.begin() : undefined,
  });
  let chosenPort = config.server.port;
  const stop = new ServerStop(app, config, () => {
    lock.release();
    beginAnew(config, chosenPort);
  });
  for (const signal of STOP_SIGNALS) process.on(signal, () => stop.onSignal(signal));
  await app.listen(config.server.port, config.server.host);
  await app.get(UnixListener).listen();
  await app.get(Listeners).listen();
  const { address, port } = app.getHttpServer().address() as AddressInfo;
  chosenPort = port;
  watchEventLoop(config, app.get(RequestsInProgress));
  logger.log(`Listening on http://${address.includes(':') ? `[${address}]` : address}:${port}`);
}
