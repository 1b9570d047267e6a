import { describe, expect, it } from 'vitest';
import { fingerprintOf } from './idempotency.service.js';

describe('the fingerprint of a request', () => {
  it('is the same whatever the order of its fields', () => {
    expect(fingerprintOf('POST', { a: 1, b: { c: [1, 2], d: null } })).toBe(
      fingerprintOf('POST', { b: { d: null, c: [1, 2] }, a: 1 }),
    );
  });

  it.each([
    [{ a: 1 }, { a: '1' }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: null }, {}],
    [{ a: { b: 1 } }, { 'a.b': 1 }],
    [['a', 'b'], ['a,b']],
    [{ file: Buffer.from('one') }, { file: Buffer.from('two') }],
    [undefined, {}],
    [{ 'a"': 1 }, { a: '":1' }],
  ])('tells %j from %j', (one, other) => {
    expect(fingerprintOf(one)).not.toBe(fingerprintOf(other));
  });

  it('knows equal bytes', () => {
    expect(fingerprintOf({ file: Buffer.from('one') })).toBe(
      fingerprintOf({ file: new Uint8Array(Buffer.from('one')) }),
    );
  });
});
