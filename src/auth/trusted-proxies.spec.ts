import { describe, expect, it } from 'vitest';
import { trustedProxies, wideRanges } from './trusted-proxies.js';

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

describe('wideRanges', () => {
  it('are those of more than a /8 of IPv4 or a /32 of IPv6', () => {
    const wide = ['0.0.0.0/0', '10.0.0.0/7', '::/0', 'fc00::/7', '2001::/31'];
    const narrow = ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1'];
    expect(wideRanges([...narrow, ...wide])).toEqual(wide);
  });
});
