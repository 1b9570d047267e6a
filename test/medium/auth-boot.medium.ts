import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DataSource } from 'typeorm';
import { PERMISSIONS, User } from '../../src/auth/index.js';
import type { Environment } from '../../src/config/index.js';
import { ADMIN_PASSWORD, createTestApp, type TestApp } from '../support/app.js';
import { bearer, login, send, tokenOf } from '../support/auth.js';
import { createKey, withKey } from '../support/keys.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';

let folder: TemporaryFolder;
let servers: TestApp[];

beforeEach(async () => {
  folder = await temporaryFolder();
  servers = [];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await folder.remove();
});

/** A server on the data folder of this test, after or beside the earlier ones. */
async function boot(env?: Environment): Promise<NestFastifyApplication> {
  const server = await createTestApp({ dataDir: folder.path, env });
  servers.push(server);
  return server.app;
}

describe('the first start', () => {
  it('creates the administrator with the configured password, and does not print it', async () => {
    const write = vi.spyOn(process.stdout, 'write');
    const app = await boot();
    expect(write.mock.calls.join('')).not.toContain(ADMIN_PASSWORD);
    expect((await login(app, 'admin')).status).toBe(200);
  });

  it('makes up a password without one, shows it with the way in, and never again', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const app = await boot({ ATELIER_PORT: '7777', ATELIER_ADMIN_PASSWORD: '' });
    const shown = write.mock.calls.join('');
    const [, password] = /password +(\S+)/.exec(shown) ?? [];
    expect(shown).toContain('http://localhost:7777/welcome');
    expect(shown).toContain('http://localhost:7777/api/auth/login');
    expect((await login(app, 'admin', password)).status).toBe(200);
    write.mockClear();
    await boot({ ATELIER_PORT: '7777', ATELIER_ADMIN_PASSWORD: '' });
    expect(write).not.toHaveBeenCalled();
  });

  it('keeps the password out of the database and the signing key to its owner', async () => {
    await boot();
    const database = await readFile(join(folder.path, 'atelier.db'));
    const log = await readFile(join(folder.path, 'atelier.db-wal'));
    expect(Buffer.concat([database, log]).includes(ADMIN_PASSWORD)).toBe(false);
    expect((await stat(join(folder.path, 'jwt-secret'))).mode & 0o777).toBe(0o600);
  });
});

describe('the first start where keys are the only way in', () => {
  const KEYS = { ATELIER_AUTH_METHODS: 'api-key', ATELIER_PORT: '7777' };

  async function shownAt(
    env: Environment,
  ): Promise<{ app: NestFastifyApplication; shown: string }> {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const app = await boot(env);
    const shown = write.mock.calls.join('');
    write.mockRestore();
    return { app, shown };
  }

  it('shows a key of the administrator, which can do everything, and never again', async () => {
    const { app, shown } = await shownAt(KEYS);
    expect(shown).toContain('http://localhost:7777/api/auth/me');
    const [, key = ''] = /API key +(\S+)/.exec(shown) ?? [];
    const me = await send(app, 'GET', '/api/auth/me', withKey(key));
    expect(me.body['user']).toMatchObject({
      username: 'admin',
      role: 'admin',
      permissions: [...PERMISSIONS],
    });
    const { key: another } = await createKey(app, withKey(key), { scopes: ['job:create'] });
    expect((await send(app, 'GET', '/api/samplers', withKey(another))).status).toBe(403);
    expect((await shownAt(KEYS)).shown).toBe('');
  });

  it.each([
    ['jwt,api-key', {}],
    ['pam,api-key', { ATELIER_MACHINE_ADMINS: 'linda' }],
    ['pam,api-key', { ATELIER_PAM_ROLE: 'admin' }],
    ['none,api-key', { ATELIER_ANONYMOUS_ROLE: 'admin' }],
  ])('shows none where administrators come in otherwise: %s %o', async (methods, env) => {
    expect((await shownAt({ ATELIER_AUTH_METHODS: methods, ...env })).shown).toBe('');
  });

  it.each(['pam,api-key', 'none,api-key'])(
    'shows one where nobody else would be: %s',
    async (on) => {
      expect((await shownAt({ ATELIER_AUTH_METHODS: on })).shown).toContain('API key');
    },
  );
});

describe('a start where nobody would be an administrator', () => {
  const warnings = async (env: Environment): Promise<string> => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    await boot(env);
    const said = warn.mock.calls.join('\n');
    warn.mockRestore();
    return said;
  };

  it('says how to name one', async () => {
    const said = await warnings({ ATELIER_AUTH_METHODS: 'pam' });
    expect(said).toContain('Nobody is an administrator: name accounts of this machine in');
  });

  it('says nothing where one is named, or was made before', async () => {
    const named = { ATELIER_AUTH_METHODS: 'pam', ATELIER_MACHINE_ADMINS: 'linda' };
    expect(await warnings(named)).not.toContain('administrator');
    await boot();
    expect(await warnings({ ATELIER_AUTH_METHODS: 'pam' })).not.toContain('administrator');
  });
});

describe('a later start', () => {
  it('leaves the administrator as they are, whatever the configuration says now', async () => {
    const first = await boot();
    const before = await first.get(DataSource).getRepository(User).find();
    const second = await boot({ ATELIER_ADMIN_PASSWORD: 'another password' });
    expect(await second.get(DataSource).getRepository(User).find()).toEqual(before);
    expect((await login(second, 'admin', 'another password')).status).toBe(401);
    expect((await login(second, 'admin')).status).toBe(200);
  });

  it('still knows the tokens given out before', async () => {
    const first = await boot();
    const token = await tokenOf(first);
    const second = await boot();
    const reply = await second.inject({ url: '/api/auth/me', headers: bearer(token) });
    expect(reply.statusCode).toBe(200);
  });

  it('with another key knows none of them, while the first server in the same process does', async () => {
    const first = await boot();
    const token = await tokenOf(first);
    const second = await boot({ ATELIER_JWT_SECRET: 'another key, as long as a key must be' });
    expect((await second.inject({ url: '/api/auth/me', headers: bearer(token) })).statusCode).toBe(
      401,
    );
    expect((await first.inject({ url: '/api/auth/me', headers: bearer(token) })).statusCode).toBe(
      200,
    );
  });
});
