import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DataSource } from 'typeorm';
import { User } from '../../src/auth/index.js';
import type { Environment } from '../../src/config/index.js';
import { ADMIN_PASSWORD, createTestApp, type TestApp } from '../support/app.js';
import { bearer, login, tokenOf } from '../support/auth.js';
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
