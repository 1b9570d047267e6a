import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { forwardedAddress } from './client.js';
import { trustedProxies } from './trusted-proxies.js';
import { noteUnixPeer } from './unix-peers.js';

const trusts = trustedProxies(['10.0.0.0/8']);

describe('forwardedAddress', () => {
  it.each([
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['10.0.0.1', '192.0.2.7', '192.0.2.7'],
    ['10.0.0.1', '198.51.100.1, 192.0.2.7, 10.0.0.2', '192.0.2.7'],
    ['10.0.0.1', 'unknown', '10.0.0.1'],
    ['10.0.0.1', '192.0.2.7:5123', '10.0.0.1'],
    ['203.0.113.5', '192.0.2.7', '203.0.113.5'],
    [undefined, '192.0.2.7', 'unix'],
  ])('from %s with X-Forwarded-For: %s is %s', (remoteAddress, forwarded, address) => {
    const socket = { remoteAddress } as Socket;
    expect(forwardedAddress({ 'x-forwarded-for': forwarded }, socket, trusts)).toBe(address);
  });

  it('is the user of a Unix socket by the word of the kernel', () => {
    const socket = {} as Socket;
    noteUnixPeer(socket, 1000);
    expect(forwardedAddress({ 'x-forwarded-for': '192.0.2.7' }, socket, trusts)).toBe('unix:1000');
  });
});
