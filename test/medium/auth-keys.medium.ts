import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_PERMISSIONS } from '../../src/auth/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { askForKey, createKey, withKey, type CreatedKey } from '../support/keys.js';

let server: TestApp;
let app: NestFastifyApplication;
let ann: Record<string, string>;
let admin: Record<string, string>;

beforeAll(async () => {
  server = await createTestApp();
  app = server.app;
  await addUser(app, 'ann', 'user');
  await addUser(app, 'bob', 'user');
  ann = bearer(await tokenOf(app, 'ann'));
  admin = bearer(await tokenOf(app));
});

afterAll(async () => {
  await server.close();
});

const create = (headers: Record<string, string>, body: object = {}): Promise<Reply> =>
  askForKey(app, headers, body);

const created = (headers = ann, body: object = {}): Promise<CreatedKey> =>
  createKey(app, headers, body);

function me(headers: Record<string, string>): Promise<Reply> {
  return send(app, 'GET', '/api/auth/me', headers);
}

describe('a key', () => {
  it('is shown once, and kept as a hash', async () => {
    const { key, api_key } = await created(ann, { name: 'build' });
    expect(key).toMatch(/^atk_[a-z\d]{10}_[\w-]{43}$/);
    expect(api_key).toMatchObject({
      name: 'build',
      prefix: key.slice(0, 14),
      owner: { username: 'ann' },
      expires_at: null,
      last_used_at: null,
      revoked_at: null,
    });
    expect(JSON.stringify((await send(app, 'GET', '/api/auth/keys', ann)).body)).not.toContain(
      key.slice(15),
    );
    const rows = await app.get(DataSource).query('SELECT * FROM api_keys');
    expect(JSON.stringify(rows)).not.toContain(key.slice(15));
  });

  it('opens the door in its own header and as a bearer token', async () => {
    const { key } = await created();
    for (const headers of [withKey(key), bearer(key)]) {
      expect(await me(headers)).toMatchObject({ status: 200, body: { user: { username: 'ann' } } });
    }
  });

  it('holds by default what its owner may do, but not the making of keys', async () => {
    const { key, api_key } = await created();
    expect(api_key.scopes).toEqual(
      ROLE_PERMISSIONS.user.filter(
        (one) => !['account:manage', 'key:create', 'key:revoke'].includes(one),
      ),
    );
    expect((await create(withKey(key))).status).toBe(403);
  });

  it('may do what its scopes say, and is told what is missing', async () => {
    const { key } = await created(ann, { scopes: ['model:read'] });
    expect((await send(app, 'GET', '/api/models', withKey(key))).status).toBe(200);
    const refused = await send(app, 'GET', '/api/queue/status', withKey(key));
    expect(refused.status).toBe(403);
    expect(errorOf(refused)).toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
      message: 'This needs the permission "job:read", which your API key does not have.',
    });
  });

  it('never holds more than its owner does now', async () => {
    await addUser(app, 'climber', 'admin');
    const { key } = await created(bearer(await tokenOf(app, 'climber')), {
      scopes: ['user:manage', 'account:read'],
    });
    expect((await send(app, 'GET', '/api/users', withKey(key))).status).toBe(200);
    await app.get(DataSource).query("UPDATE users SET role = 'user' WHERE username = 'climber'");
    expect((await send(app, 'GET', '/api/users', withKey(key))).status).toBe(403);
    expect((await me(withKey(key))).body['user']).toMatchObject({
      role: 'user',
      permissions: ['account:read'],
    });
  });

  it('is refused while its owner is disabled', async () => {
    const id = await addUser(app, 'eve', 'user');
    const { key } = await created(bearer(await tokenOf(app, 'eve')));
    const setDisabled = (disabled: boolean): Promise<Reply> =>
      send(app, 'PATCH', `/api/users/${id}`, admin, { disabled });
    await setDisabled(true);
    expect(errorOf(await me(withKey(key))).message).toContain('owner is disabled');
    await setDisabled(false);
    expect((await me(withKey(key))).status).toBe(200);
  });

  it('is refused once it has expired', async () => {
    const { key, api_key } = await created(ann, {
      expires_at: Math.floor(Date.now() / 1000) + 3600,
    });
    expect((await me(withKey(key))).status).toBe(200);
    await app
      .get(DataSource)
      .query('UPDATE api_keys SET expiresAt = ? WHERE id = ?', [Date.now() - 1, api_key.id]);
    expect(errorOf(await me(withKey(key)))).toMatchObject({
      code: 'AUTH_REQUIRED',
      message: 'This API key has expired.',
    });
  });

  it.each([
    ['nonsense', () => 'nonsense'],
    ['the prefix alone', (key: string) => key.slice(0, 14)],
    ['another secret', (key: string) => `${key.slice(0, 15)}${'A'.repeat(43)}`],
    ['another prefix', (key: string) => `atk_${'a'.repeat(10)}${key.slice(14)}`],
  ])('is not guessed with %s', async (_, change) => {
    const { key } = await created();
    expect(errorOf(await me(withKey(change(key))))).toMatchObject({
      code: 'AUTH_REQUIRED',
      message: 'This API key is malformed or unknown here.',
    });
  });

  it('notes its use, at most once a minute', async () => {
    const { key, api_key } = await created();
    const lastUsed = async (): Promise<number> => {
      const [row] = (await app
        .get(DataSource)
        .query('SELECT lastUsedAt FROM api_keys WHERE id = ?', [api_key.id])) as {
        lastUsedAt: number;
      }[];
      return row!.lastUsedAt;
    };
    const setLastUsed = (instant: number): Promise<unknown> =>
      app
        .get(DataSource)
        .query('UPDATE api_keys SET lastUsedAt = ? WHERE id = ?', [instant, api_key.id]);
    const begun = Date.now();
    await me(withKey(key));
    expect(await lastUsed()).toBeGreaterThanOrEqual(begun);
    const recent = Date.now() - 50_000;
    await setLastUsed(recent);
    await me(withKey(key));
    expect(await lastUsed()).toBe(recent);
    await setLastUsed(Date.now() - 61_000);
    await me(withKey(key));
    expect(await lastUsed()).toBeGreaterThanOrEqual(begun);
  });

  it('has no session to refresh or to log out', async () => {
    const { key } = await created();
    for (const path of ['/api/auth/refresh', '/api/auth/logout']) {
      const reply = await send(app, 'POST', path, withKey(key));
      expect(errorOf(reply)).toMatchObject({ code: 'INVALID_PARAMETERS', status_code: 400 });
    }
  });
});

describe('POST /api/auth/keys', () => {
  it('refuses a scope that the caller does not hold, by name', async () => {
    const reply = await create(ann, { scopes: ['job:read', 'user:manage'] });
    expect(reply.status).toBe(403);
    expect(errorOf(reply).message).toContain('"user:manage"');
  });

  it('makes with a key no key that is wider or lasts longer', async () => {
    const end = Math.floor(Date.now() / 1000) + 3600;
    const { key } = await created(ann, {
      scopes: ['key:create', 'job:read'],
      expires_at: end,
    });
    expect((await create(withKey(key), { scopes: ['job:create'] })).status).toBe(403);
    for (const expires_at of [null, end + 1]) {
      const reply = await create(withKey(key), { expires_at });
      expect(reply.body['error']).toMatchObject({ problems: [{ field: 'expires_at' }] });
    }
    const { api_key } = await created(withKey(key));
    expect(api_key).toMatchObject({ scopes: ['job:read'], expires_at: end });
  });

  it.each([
    ['no name', { name: undefined }, 'name'],
    ['an empty name', { name: '' }, 'name'],
    ['an endless name', { name: 'a'.repeat(101) }, 'name'],
    ['no scopes', { scopes: [] }, 'scopes'],
    ['null for scopes', { scopes: null }, 'scopes'],
    ['a scope twice', { scopes: ['job:read', 'job:read'] }, 'scopes'],
    ['an unknown scope', { scopes: ['job:steal'] }, 'scopes'],
    ['a text for scopes', { scopes: 'job:read' }, 'scopes'],
    ['an end in the past', { expires_at: 1_700_000_000 }, 'expires_at'],
    ['an end in fractions', { expires_at: 1_999_999_999.5 }, 'expires_at'],
    ['an end beyond time', { expires_at: 1e15 }, 'expires_at'],
    ['an unknown field', { owner: 'bob' }, 'owner'],
  ])('names the field of %s', async (_, body, field) => {
    const reply = await create(ann, body);
    expect(reply.status).toBe(400);
    expect(reply.body['error']).toMatchObject({
      code: 'VALIDATION_ERROR',
      problems: expect.arrayContaining([expect.objectContaining({ field })]) as unknown[],
    });
  });
});

describe('without the method api-key', () => {
  it('good keys are refused', async () => {
    const { key } = await created();
    const other = await createTestApp({
      dataDir: server.dataDir,
      env: { ATELIER_AUTH_METHODS: 'jwt' },
    });
    try {
      const reply = await send(other.app, 'GET', '/api/auth/me', withKey(key));
      expect(errorOf(reply)).toMatchObject({
        code: 'AUTH_REQUIRED',
        message: 'This server takes no API keys.',
      });
    } finally {
      await other.close();
    }
  });
});
