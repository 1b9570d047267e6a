import { ConsoleLogger, type ConsoleLoggerOptions, type LogLevel } from '@nestjs/common';
import { inspect } from 'node:util';
import type { Config } from './config/index.js';
import type { LogTail } from './system/index.js';

const LEVELS = ['debug', 'log', 'warn', 'error', 'fatal'] as const;

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (typeof message !== 'object' || message === null || message instanceof Error)
    return inspect(message);
  const fields = Object.entries(message) as Array<[string, unknown]>;
  return fields.map(([name, value]) => `${name}=${String(value)}`).join(' ');
}

function levelOf(level: LogLevel): Parameters<LogTail['add']>[0]['level'] {
  if (level === 'error' || level === 'fatal') return 'error';
  if (level === 'warn') return 'warn';
  return level === 'log' ? 'info' : 'debug';
}

/** Writes to the console, and keeps what it wrote for those who look at it from afar. */
class KeptLogger extends ConsoleLogger {
  constructor(
    options: ConsoleLoggerOptions,
    private readonly tail: LogTail,
  ) {
    super(options);
  }

  protected override printMessages(...printed: Parameters<ConsoleLogger['printMessages']>): void {
    super.printMessages(...printed);
    const [messages, context = '', level = 'log', , stack] = printed;
    const time = Date.now();
    for (const message of messages) {
      const text = [message, ...(stack === undefined ? [] : [stack])].map(textOf).join('\n');
      this.tail.add({ time, level: levelOf(level), context, message: text });
    }
  }
}

/** The logger that a configuration asks for; the tail keeps what it writes. */
export function loggerFor({ server }: Config, tail: LogTail): ConsoleLogger {
  const lowest = LEVELS.indexOf(server.logLevel === 'info' ? 'log' : server.logLevel);
  return new KeptLogger(
    {
      json: server.logFormat === 'json',
      colors: server.logFormat === 'pretty' && process.stdout.isTTY === true,
      logLevels: LEVELS.slice(lowest),
    },
    tail,
  );
}
