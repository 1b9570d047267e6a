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

/** Controls of a terminal, and signs that turn the direction of writing; a line break and a tab are none. */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * A message as it may be written to a terminal: what a prompt or a file name brings along can neither begin
 * a line that looks like one of the log, nor steer the terminal.
 */
export function printable(message: string): string {
  return message.replaceAll(CONTROLS, escaped).replaceAll('\n', '\n    | ');
}

type RestOfPrinted = [
  context?: string,
  level?: LogLevel,
  writeStreamType?: 'stdout' | 'stderr',
  stack?: unknown,
];

function printableMessage(message: unknown): unknown {
  return typeof message === 'string' ? printable(message) : message;
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
    const [messages, context = '', level = 'log', , stack] = printed;
    super.printMessages(
      this.options.json ? messages : messages.map(printableMessage),
      ...(printed.slice(1) as RestOfPrinted),
    );
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
