import { describe, expect, it } from 'vitest';
import { asText, NOTHING_KNOWN, withAnswer, type LogLine } from './log-lines.js';

function line(id: number): LogLine {
  return { id, time: 0, level: 'warn', context: 'Test', message: `line ${id}` };
}

describe('withAnswer', () => {
  it('adds what is new', () => {
    const known = withAnswer(NOTHING_KNOWN, { run: 'a', newest: 1, lines: [line(1)] });
    const next = withAnswer(known, { run: 'a', newest: 3, lines: [line(2), line(3)] });
    expect(next.lines.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(next.newest).toBe(3);
  });

  it('begins anew with the server', () => {
    const known = withAnswer(NOTHING_KNOWN, { run: 'a', newest: 9, lines: [line(9)] });
    const next = withAnswer(known, { run: 'b', newest: 1, lines: [line(1)] });
    expect(next).toEqual({ run: 'b', newest: 1, lines: [line(1)] });
  });

  it('keeps the newest of too many', () => {
    const lines = Array.from({ length: 1200 }, (_, index) => line(index + 1));
    const { lines: kept } = withAnswer(NOTHING_KNOWN, { run: 'a', newest: 1200, lines });
    expect([kept.length, kept[0]?.id, kept.at(-1)?.id]).toEqual([1000, 201, 1200]);
  });
});

describe('asText', () => {
  it('is a line for each', () => {
    expect(asText([line(1), line(2)])).toBe(
      '1970-01-01T00:00:00.000Z WARN [Test] line 1\n1970-01-01T00:00:00.000Z WARN [Test] line 2',
    );
  });
});
