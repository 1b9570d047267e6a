import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, claimsOf, login, send, tokenOf } from '../support/auth.js';
import { createKey, withKey, type CreatedKey } from '../support/keys.js';
import { PlainFeed } from '../support/plain-feed.js';
import { until } from '../support/until.js';

/** What endless streams need: of who may read the system, and of who manages models. */
const RESOURCES = '/mold/api/resources/stream';
const DOWNLOADS = '/mold/api/downloads/stream';

let server: TestApp;
let base: string;
let admin: Record<string, string>;

beforeAll(async () => {
  server = await createTestApp();
  base = await server.listen();
  admin = bearer(await tokenOf(server.app));
});

afterAll(() => server.close());

function me(headers: Record<string, string>) {
  return send(server.app, 'GET', '/api/auth/me', headers);
}

async function revoke(headers: Record<string, string>, { api_key }: CreatedKey): Promise<void> {
  const { status } = await send(server.app, 'DELETE', `/api/auth/keys/${api_key.id}`, headers);
  expect(status).toBe(200);
}

interface Stream {
  /** Settles when the connection ends. */
  ended: Promise<unknown>;
  isOpen: () => boolean;
}

/** Opens a stream of events, and has read its first piece. */
async function follow(path: string, headers: Record<string, string>): Promise<Stream> {
  const sent = request(`${base}${path}`, { headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  const ended = new Promise((resolve) => {
    response.once('end', resolve);
    response.once('error', resolve);
  });
  response.resume();
  return { ended, isOpen: () => !response.complete && !response.destroyed };
}

describe('a key that was made by a key', () => {
  const scopes = ['key:create', 'key:revoke', 'account:read', 'job:read'];

  it('ends with it, and so do the keys that it made', async () => {
    const root = await createKey(server.app, admin, { scopes });
    const child = await createKey(server.app, withKey(root.key), { scopes });
    const grandchild = await createKey(server.app, withKey(child.key), { scopes });
    const sibling = await createKey(server.app, admin, { scopes });
    const feed = await PlainFeed.open(base, { headers: withKey(grandchild.key) });
    expect((await me(withKey(grandchild.key))).status).toBe(200);
    await revoke(admin, root);
    for (const { key } of [root, child, grandchild])
      expect((await me(withKey(key))).status).toBe(401);
    expect((await me(withKey(sibling.key))).status).toBe(200);
    expect(await feed.closed).toMatchObject({ code: 4401 });
    const { body } = await send(server.app, 'GET', '/api/audit?action=key.revoked', admin);
    const entries = body['entries'] as { target: { id: string }; details: { with?: string } }[];
    const ends = entries.map(({ target, details }) => [target.id, details.with]);
    expect(ends).toEqual(
      expect.arrayContaining([
        [root.api_key.id, undefined],
        [child.api_key.id, root.api_key.prefix],
        [grandchild.api_key.id, root.api_key.prefix],
      ]),
    );
  });

  it('is not made in time to outlive it', async () => {
    for (let round = 0; round < 10; round += 1) {
      const root = await createKey(server.app, admin, { scopes });
      const making = Array.from({ length: 5 }, () =>
        send(server.app, 'POST', '/api/auth/keys', withKey(root.key), { name: 'late', scopes }),
      );
      const [made] = await Promise.all([Promise.all(making), revoke(admin, root)]);
      for (const { status, body } of made) {
        expect([201, 401]).toContain(status);
        if (status !== 201) continue;
        expect((await me(withKey(body['key'] as string))).status).toBe(401);
      }
    }
  });

  it('speaks for others only while its owner could let it', async () => {
    const id = await addUser(server.app, 'front', 'admin');
    const { key } = await createKey(server.app, bearer(await tokenOf(server.app, 'front')), {
      delegates: true,
      scopes: ['account:read', 'job:read'],
    });
    const queue = () =>
      send(server.app, 'GET', '/api/queue/status', {
        ...withKey(key),
        'x-atelier-user': `person ${Math.random()}`,
      });
    const count = async (): Promise<unknown> =>
      (await send(server.app, 'GET', '/api/users', admin)).body['total'];
    const before = Number(await count());
    expect((await queue()).status).toBe(200);
    expect(await count()).toBe(before + 1);
    await send(server.app, 'PATCH', `/api/users/${id}`, admin, { role: 'user' });
    expect((await queue()).status).toBe(200);
    expect(await count()).toBe(before + 1);
  });
});

describe('a stream of events', () => {
  it('ends with the key that opened it', async () => {
    const made = await createKey(server.app, admin, { scopes: ['system:read'] });
    const other = await createKey(server.app, admin, { scopes: ['system:read'] });
    const stream = await follow(RESOURCES, withKey(made.key));
    const stays = await follow(RESOURCES, withKey(other.key));
    await revoke(admin, made);
    await stream.ended;
    expect(stays.isOpen()).toBe(true);
    await revoke(admin, other);
    await stays.ended;
  });

  it('ends with the session that opened it, and the log out is answered', async () => {
    const { body } = await login(server.app, 'admin');
    const token = body['token'] as string;
    const stream = await follow(RESOURCES, bearer(token));
    expect(claimsOf(token).sid).toBeTruthy();
    expect((await send(server.app, 'POST', '/api/auth/logout', bearer(token))).status).toBe(200);
    await stream.ended;
  });

  it('ends with the permission that it needs, and with no other', async () => {
    const id = await addUser(server.app, 'wilma', 'admin');
    const token = await tokenOf(server.app, 'wilma');
    const downloads = await follow(DOWNLOADS, bearer(token));
    const resources = await follow(RESOURCES, bearer(token));
    await send(server.app, 'PATCH', `/api/users/${id}`, admin, { role: 'user' });
    await downloads.ended;
    expect(resources.isOpen()).toBe(true);
    await send(server.app, 'PATCH', `/api/users/${id}`, admin, { disabled: true });
    await resources.ended;
  });

  it('ends when its key expires', async () => {
    const expires_at = Math.floor(Date.now() / 1000) + 2;
    const made = await createKey(server.app, admin, { scopes: ['system:read'], expires_at });
    const stream = await follow(RESOURCES, withKey(made.key));
    await until('the end of the stream', 20_000, () => !stream.isOpen());
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(expires_at);
  });
});
