import { randomUUID } from 'node:crypto';

/** From the least to the most serious. */
export const LINE_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LineLevel = (typeof LINE_LEVELS)[number];

/** A line of the server's log. */
export interface LogLine {
  /** Grows by one from line to line, from 1 at the start of the server. */
  id: number;
  /** Milliseconds since 1970. */
  time: number;
  level: LineLevel;
  /** The part of the server that wrote it. */
  context: string;
  message: string;
}

export interface LogFilter {
  /** This serious, or more. */
  level: LineLevel;
  /** Words that the message or the context has, case aside. */
  search?: string;
  /** Only lines with a higher id. */
  after: number;
  /** Most lines; the newest count. */
  limit: number;
}

/** Lines that are kept. */
const KEPT = 2000;

/** Characters of a message that are kept: a stack trace, but no flood. */
const LONGEST = 4000;

/** The newest lines of the log, in memory: what the logger wrote and no more, and so no secret either. */
export class LogTail {
  /** Of this start of the server: ids begin anew with the next. */
  readonly run = randomUUID();
  private readonly lines: LogLine[] = [];
  private last = 0;

  add(line: Omit<LogLine, 'id'>): void {
    this.last += 1;
    this.lines.push({ ...line, id: this.last, message: line.message.slice(0, LONGEST) });
    if (this.lines.length > KEPT) this.lines.shift();
  }

  /** Oldest first. */
  read({ level, search = '', after, limit }: LogFilter): LogLine[] {
    const serious = LINE_LEVELS.slice(LINE_LEVELS.indexOf(level));
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const has = ({ context, message }: LogLine): boolean => {
      const text = `${context} ${message}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    return this.lines
      .filter((line) => line.id > after && serious.includes(line.level) && has(line))
      .slice(-limit);
  }

  /** Id of the newest line; 0 where there is none. */
  get newest(): number {
    return this.last;
  }
}
