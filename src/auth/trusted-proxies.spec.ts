import { describe, expect, it } from 'vitest';
import { trustedProxies } from './trusted-proxies.js';

const trusts = trustedProxies(['10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::1']);

describe('trustedProxies', () => {
  it.each(['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', 'fd12::5', '::1'])(
    'trusts %s',
    (address) => {
      expect(trusts(address)).toBe(true);
    },
  );

  it.each([
    '11.0.0.1',
    '192.0.2.8',
    'fe80::1',
    '::2',
    '::ffff:11.0.0.1',
    'localhost',
    '',
    undefined,
  ])('does not trust %s', (address) => {
    expect(trusts(address)).toBe(false);
  });

  it('trusts nobody where nobody is listed', () => {
    expect(trustedProxies([])('127.0.0.1')).toBe(false);
  });
});
