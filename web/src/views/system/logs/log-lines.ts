import type { LogLinesDto } from '../../../api/generated/types.gen.js';

export type LogLine = LogLinesDto['lines'][number];

export interface KnownLog {
  run: string;
  newest: number;
  lines: readonly LogLine[];
}

export const NOTHING_KNOWN: KnownLog = { run: '', newest: 0, lines: [] };

/** Lines that are shown: more than anybody reads. */
const SHOWN = 1000;

/** What is known after an answer; a server that began anew begins its log anew. */
export function withAnswer(known: KnownLog, { run, newest, lines }: LogLinesDto): KnownLog {
  const before = known.run === run ? known.lines : [];
  return { run, newest, lines: [...before, ...lines].slice(-SHOWN) };
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export function timeOf({ time }: LogLine): string {
  return clock.format(time);
}

/** The lines as a text file has them. */
export function asText(lines: readonly LogLine[]): string {
  return lines
    .map(
      ({ time, level, context, message }) =>
        `${new Date(time).toISOString()} ${level.toUpperCase()} [${context}] ${message}`,
    )
    .join('\n');
}
