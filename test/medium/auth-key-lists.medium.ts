import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventBus } from '../../src/events/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { createKey, withKey, type CreatedKey, type Key } from '../support/keys.js';

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

const created = (headers = ann, body: object = {}): Promise<CreatedKey> =>
  createKey(app, headers, body);

function me(headers: Record<string, string>): Promise<Reply> {
  return send(app, 'GET', '/api/auth/me', headers);
}

function list(headers: Record<string, string>, query = ''): Promise<Reply> {
  return send(app, 'GET', `/api/auth/keys${query}`, headers);
}

function revoke(headers: Record<string, string>, id: string): Promise<Reply> {
  return send(app, 'DELETE', `/api/auth/keys/${id}`, headers);
}

describe('GET /api/auth/keys', () => {
  let bob: Record<string, string>;

  beforeAll(async () => {
    bob = bearer(await tokenOf(app, 'bob'));
    for (const name of ['one', 'two', 'three']) await created(bob, { name });
    await created(ann);
  });

  it('lists the own keys, page by page, in order', async () => {
    const { body } = await list(bob, '?limit=2&page=2&sort_by=name&sort_order=asc');
    expect(body).toMatchObject({ total: 3, page: 2, limit: 2, total_pages: 2 });
    expect((body['keys'] as Key[]).map(({ name }) => name)).toEqual(['two']);
  });

  it('tells the good ones from the revoked ones', async () => {
    const { api_key } = await created(bob, { name: 'four' });
    await revoke(bob, api_key.id);
    const names = async (state: string): Promise<string[]> =>
      ((await list(bob, `?state=${state}`)).body['keys'] as Key[]).map(({ name }) => name);
    expect(await names('revoked')).toEqual(['four']);
    expect((await names('active')).toSorted()).toEqual(['one', 'three', 'two']);
    expect(await names('expired')).toEqual([]);
  });

  it('should not list the keys of another user', async () => {
    const { user } = (await me(bob)).body as { user: { id: string } };
    for (const owner of [user.id, 'all']) {
      const reply = await list(ann, `?owner=${owner}`);
      expect(reply.status).toBe(403);
      expect(errorOf(reply).message).toContain('"key:read_all"');
    }
    const own = (await list(ann, '?limit=0')).body['keys'] as Key[];
    expect(new Set(own.map(({ owner }) => owner.username))).toEqual(new Set(['ann']));
  });

  it('lists those of one user or of all for an administrator', async () => {
    const { user } = (await me(bob)).body as { user: { id: string } };
    const of = async (owner: string): Promise<Set<string>> => {
      const { body } = await list(admin, `?limit=0&owner=${owner}`);
      return new Set((body['keys'] as Key[]).map((key) => key.owner.username));
    };
    expect(await of(user.id)).toEqual(new Set(['bob']));
    expect([...(await of('all'))]).toEqual(expect.arrayContaining(['ann', 'bob']));
  });
});

describe('DELETE /api/auth/keys/:id', () => {
  let revoked: string[];

  beforeEach(() => {
    revoked = [];
    const stop = app.get(EventBus).on('key.revoked', ({ keyId }) => revoked.push(keyId));
    return stop;
  });

  it('ends a key of the own at once, tells the house, and does it once', async () => {
    const { key, api_key } = await created();
    expect(await revoke(ann, api_key.id)).toMatchObject({
      status: 200,
      body: { message: 'API key revoked successfully' },
    });
    expect((await revoke(ann, api_key.id)).status).toBe(200);
    expect(revoked).toEqual([api_key.id]);
    expect(errorOf(await me(withKey(key))).message).toBe('This API key was revoked.');
  });

  it('should not end the key of another user', async () => {
    const { key, api_key } = await created();
    const reply = await revoke(bearer(await tokenOf(app, 'bob')), api_key.id);
    expect(reply.status).toBe(404);
    expect(errorOf(reply).code).toBe('API_KEY_NOT_FOUND');
    expect((await me(withKey(key))).status).toBe(200);
    expect(revoked).toEqual([]);
  });

  it("ends anybody's key for an administrator", async () => {
    const { key, api_key } = await created();
    expect((await revoke(admin, api_key.id)).status).toBe(200);
    expect((await me(withKey(key))).status).toBe(401);
    expect(revoked).toEqual([api_key.id]);
  });
});
