import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { loadConfig } from './load-config.js';
import type { Environment } from './setting-source.js';

function faultOf(env: Environment): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('the ways to come in', () => {
  it('are tokens and keys, where nothing is said', () => {
    expect(loadConfig({}).auth.methods).toEqual(['jwt', 'api-key']);
  });

  it('are any set of the five', () => {
    const { auth } = loadConfig({
      ATELIER_AUTH_METHODS: 'none, pam,unix,jwt,api-key,pam',
      ATELIER_UNIX_SOCKET: '/run/atelier.sock',
    });
    expect(auth.methods).toEqual(['none', 'pam', 'unix', 'jwt', 'api-key']);
  });

  it.each([',', 'jwt,ldap', 'JWT'])('are not "%s"', (methods) => {
    expect(faultOf({ ATELIER_AUTH_METHODS: methods })).toContain(
      'ATELIER_AUTH_METHODS must be one or more of none, jwt, api-key, unix, pam',
    );
  });

  it('do not make anybody an administrator unasked', () => {
    const { anonymousRole, unixRole, pamRole } = loadConfig({}).auth;
    expect([anonymousRole, unixRole, pamRole]).toEqual(['user', 'user', 'user']);
  });

  it('have a door where Unix users are to come in', () => {
    const unix = { ATELIER_AUTH_METHODS: 'unix' };
    expect(faultOf(unix)).toContain('neither ATELIER_UNIX_SOCKET nor ATELIER_UNIX_USER_PROXIES');
    expect(faultOf({ ...unix, ATELIER_TRUSTED_PROXIES: '10.0.0.1' })).toContain('neither');
    expect(faultOf({ ...unix, ATELIER_UNIX_USER_PROXIES: '10.0.0.1' })).toBe('');
  });
});

describe('the trusted proxies', () => {
  it('are addresses and ranges', () => {
    const { server } = loadConfig({ ATELIER_TRUSTED_PROXIES: '10.0.0.0/8, ::1,192.0.2.7' });
    expect(server.trustedProxies).toEqual(['10.0.0.0/8', '::1', '192.0.2.7']);
  });

  it.each(['localhost', '10.0.0.0/33', '10.0.0.1;10.0.0.2', '*'])('are not "%s"', (ranges) => {
    expect(faultOf({ ATELIER_TRUSTED_PROXIES: ranges })).toContain(
      'ATELIER_TRUSTED_PROXIES must be a list of IP addresses and ranges',
    );
  });
});

describe('the PAM service', () => {
  it.each(['../shadow', '/etc/passwd', '.', 'a b', '..'])('is not "%s"', (name) => {
    expect(faultOf({ ATELIER_PAM_SERVICE: name })).toContain('ATELIER_PAM_SERVICE must be');
  });
});
