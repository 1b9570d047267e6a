import { ConsoleLogger } from '@nestjs/common';
import type { Config } from './config/index.js';

const LEVELS = ['debug', 'log', 'warn', 'error', 'fatal'] as const;

/** The logger that a configuration asks for. */
export function loggerFor({ server }: Config): ConsoleLogger {
  const lowest = LEVELS.indexOf(server.logLevel === 'info' ? 'log' : server.logLevel);
  return new ConsoleLogger({
    json: server.logFormat === 'json',
    colors: server.logFormat === 'pretty' && process.stdout.isTTY === true,
    logLevels: LEVELS.slice(lowest),
  });
}
