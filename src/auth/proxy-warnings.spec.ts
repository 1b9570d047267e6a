import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig, type Environment } from '../config/index.js';
import { ProxyWarnings } from './proxy-warnings.js';

let lines: string[];

beforeEach(() => {
  lines = [];
  vi.spyOn(Logger.prototype, 'warn').mockImplementation((line: string) => void lines.push(line));
});

const warningsWith = (env: Environment): ProxyWarnings => new ProxyWarnings(loadConfig(env));

describe('ProxyWarnings', () => {
  it('names each wide range and its setting at the start, and no other', () => {
    warningsWith({
      ATELIER_TRUSTED_PROXIES: '10.0.0.0/8, 0.0.0.0/0',
      ATELIER_UNIX_USER_PROXIES: '::/0, ::1',
    }).onApplicationBootstrap();
    expect(lines).toEqual([
      expect.stringMatching(/^ATELIER_TRUSTED_PROXIES has 0\.0\.0\.0\/0.*X-Forwarded-For/),
      expect.stringMatching(/^ATELIER_UNIX_USER_PROXIES has ::\/0.*X-Unix-User/),
    ]);
  });

  it('names a peer once that sends X-Forwarded-For without being trusted, and few peers', () => {
    const warnings = warningsWith({ ATELIER_TRUSTED_PROXIES: '10.0.0.1' });
    const receive = (remoteAddress: string, headers = {}): void =>
      warnings.receive({ headers, socket: { remoteAddress } as Socket });
    const forwarded = { 'x-forwarded-for': '192.0.2.1' };
    receive('10.0.0.1', forwarded);
    receive('10.0.0.2');
    expect(lines).toEqual([]);
    for (let count = 0; count < 3; count += 1) receive('10.0.0.2', forwarded);
    expect(lines).toEqual([
      expect.stringMatching(/from 10\.0\.0\.2 is ignored.*ATELIER_TRUSTED_PROXIES/),
    ]);
    for (let peer = 0; peer < 100; peer += 1) receive(`198.51.100.${peer}`, forwarded);
    expect(lines).toHaveLength(10);
  });
});
