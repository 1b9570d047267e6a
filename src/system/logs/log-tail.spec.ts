import { describe, expect, it } from 'vitest';
import { LogTail, type LineLevel } from './log-tail.js';

const ALL = { level: 'debug', after: 0, limit: 10_000 } as const;

function tailOf(...lines: Array<[LineLevel, string]>): LogTail {
  const tail = new LogTail();
  for (const [level, message] of lines) tail.add({ time: 0, level, context: 'Test', message });
  return tail;
}

function messages(tail: LogTail, filter: Parameters<LogTail['read']>[0]): string[] {
  return tail.read(filter).map(({ message }) => message);
}

describe('LogTail', () => {
  it('gives lines that are as serious as asked for, or more', () => {
    const tail = tailOf(['debug', 'd'], ['info', 'i'], ['warn', 'w'], ['error', 'e']);
    expect(messages(tail, ALL)).toEqual(['d', 'i', 'w', 'e']);
    expect(messages(tail, { ...ALL, level: 'warn' })).toEqual(['w', 'e']);
  });

  it('finds words in any order and case, in the context too', () => {
    const tail = tailOf(['info', 'Job one was cancelled'], ['info', 'Job two failed']);
    expect(messages(tail, { ...ALL, search: 'CANCELLED job' })).toEqual(['Job one was cancelled']);
    expect(messages(tail, { ...ALL, search: 'test' })).toHaveLength(2);
  });

  it('goes on after a line, and gives the newest where there are too many', () => {
    const tail = tailOf(['info', 'a'], ['info', 'b'], ['info', 'c']);
    expect(messages(tail, { ...ALL, after: 1 })).toEqual(['b', 'c']);
    expect(messages(tail, { ...ALL, limit: 1 })).toEqual(['c']);
    expect(tail.newest).toBe(3);
  });

  it('keeps no more than its bounds, and goes on counting', () => {
    const tail = new LogTail();
    for (let index = 1; index <= 2500; index += 1)
      tail.add({ time: 0, level: 'info', context: '', message: `${index} ${'x'.repeat(9000)}` });
    const lines = tail.read(ALL);
    expect(lines).toHaveLength(2000);
    expect(lines[0]).toMatchObject({ id: 501, message: expect.stringMatching(/^501 x/) as string });
    expect(lines.at(-1)?.message).toHaveLength(4000);
  });
});
