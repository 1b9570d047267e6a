import { describe, expect, it } from 'vitest';
import { AuditBuffer, COLLECTED_ACTS } from './audit-buffer.js';

const failure = (address: string, name?: string) => ({
  action: 'login.failed' as const,
  target: { type: 'user', name },
  details: { known: name !== undefined },
  address,
});

describe('AuditBuffer', () => {
  it('makes one entry of acts alike, with their number', () => {
    const buffer = new AuditBuffer();
    for (let count = 0; count < 3; count += 1) buffer.add(failure('192.0.2.1'));
    buffer.add(failure('192.0.2.2'));
    buffer.add(failure('192.0.2.1', 'ann'));
    expect(buffer.take().map(({ act }) => [act.address, act.target?.name, act.details])).toEqual([
      ['192.0.2.1', undefined, { known: false, count: 3 }],
      ['192.0.2.2', undefined, { known: false }],
      ['192.0.2.1', 'ann', { known: true }],
    ]);
    expect(buffer.take()).toEqual([]);
  });

  it('counts what is too much in one entry', () => {
    const buffer = new AuditBuffer();
    for (let index = 0; index < 2 * COLLECTED_ACTS; index += 1)
      buffer.add(failure(`unix:${index}`));
    buffer.add(failure('unix:0'));
    const taken = buffer.take();
    expect(taken).toHaveLength(COLLECTED_ACTS + 1);
    expect(taken[0]?.act.details).toEqual({ known: false, count: 2 });
    expect(taken.at(-1)?.act).toEqual({
      action: 'login.failed',
      details: { count: COLLECTED_ACTS },
    });
  });
});
