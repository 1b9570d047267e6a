import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditService } from '../../src/auth/index.js';
import { ADMIN_PASSWORD, createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, claimsOf, login, send, tokenOf } from '../support/auth.js';

interface Entry {
  id: number;
  time: number;
  action: string;
  actor: { id: string; username: string; via: string } | null;
  target: { type: string; id: string | null; name: string | null } | null;
  details: Record<string, unknown> | null;
  address: string | null;
}

let server: TestApp;
let app: NestFastifyApplication;
let token: string;

beforeAll(async () => {
  server = await createTestApp();
  app = server.app;
  token = await tokenOf(app);
});

afterAll(async () => {
  await server.close();
});

async function entries(query = ''): Promise<Entry[]> {
  const { body } = await send(app, 'GET', `/api/audit${query}`, bearer(token));
  return body['entries'] as Entry[];
}

describe('the audit log', () => {
  it('tells good and bad log ins, without a name that nobody has', async () => {
    const id = await addUser(app, 'ann', 'user');
    await login(app, 'ann');
    await login(app, 'ann', 'a wrong guess');
    await login(app, 'my secret password', 'oh no');
    const [unknown, wrong, good] = await entries('?action=login&limit=3');
    expect(good).toMatchObject({
      action: 'login.succeeded',
      actor: { id, username: 'ann', via: 'jwt' },
      target: { type: 'session' },
      address: '127.0.0.1',
    });
    expect(wrong).toMatchObject({
      action: 'login.failed',
      actor: null,
      target: { type: 'user', id, name: 'ann' },
      details: { known: true },
    });
    expect(unknown).toMatchObject({
      action: 'login.failed',
      target: { id: null, name: null },
      details: { known: false },
    });
  });

  it('tells what was done to users and keys, by whom, and no secret', async () => {
    const headers = bearer(token);
    const created = await send(app, 'POST', '/api/users', headers, {
      username: 'bob',
      password: 'very secret 1',
    });
    const { id } = created.body['user'] as { id: string };
    await send(app, 'PATCH', `/api/users/${id}`, headers, { role: 'guest' });
    await send(app, 'POST', `/api/users/${id}/password`, headers, { password: 'very secret 2' });
    await send(app, 'DELETE', `/api/users/${id}`, headers);
    const { body } = await send(app, 'POST', '/api/auth/keys', headers, { name: 'build' });
    const key = body as unknown as { key: string; api_key: { id: string; prefix: string } };
    await send(app, 'DELETE', `/api/auth/keys/${key.api_key.id}`, headers);
    await send(app, 'POST', '/api/auth/password', headers, {
      current_password: ADMIN_PASSWORD,
      new_password: ADMIN_PASSWORD,
    });
    const told = await entries('?limit=7');
    expect(told.map(({ action }) => action).toReversed()).toEqual([
      'user.created',
      'user.updated',
      'user.password_reset',
      'user.deleted',
      'key.created',
      'key.revoked',
      'user.password_changed',
    ]);
    for (const { actor, address } of told) {
      expect(actor).toEqual({ id: claimsOf(token).sub, username: 'admin', via: 'jwt' });
      expect(address).toBe('127.0.0.1');
    }
    expect(told.find(({ action }) => action === 'user.updated')).toMatchObject({
      target: { type: 'user', id, name: 'bob' },
      details: { role: 'guest' },
    });
    expect(told.find(({ action }) => action === 'key.revoked')).toMatchObject({
      target: { type: 'key', id: key.api_key.id, name: 'build' },
      details: { prefix: key.api_key.prefix, owner: 'admin' },
    });
    const rows = JSON.stringify(await app.get(DataSource).query('SELECT * FROM audit_log'));
    for (const secret of ['very secret', ADMIN_PASSWORD, key.key.slice(15), token, 'oh no'])
      expect(rows).not.toContain(secret);
  });

  it('takes the acts of other rooms', async () => {
    await app.get(AuditService).record({
      action: 'model.deleted',
      target: { type: 'model', id: 'm1', name: 'x'.repeat(300) },
      details: { bytes: 5 },
    });
    expect(await entries('?action=model.deleted')).toMatchObject([
      { actor: null, target: { id: 'm1', name: 'x'.repeat(255) }, details: { bytes: 5 } },
    ]);
  });

  it('is filtered by action, actor, target, address and time, and paged', async () => {
    const { sub } = claimsOf(token);
    const now = Math.floor(Date.now() / 1000);
    expect((await entries('?action=user')).every(({ action }) => action.startsWith('user.'))).toBe(
      true,
    );
    expect(await entries(`?actor_id=${sub}&action=user.deleted`)).toHaveLength(1);
    expect(await entries('?actor=admin&action=user.deleted')).toHaveLength(1);
    expect(await entries('?actor=ann&action=user')).toHaveLength(0);
    expect(await entries('?target_type=model')).toHaveLength(1);
    expect(await entries('?target_id=m1')).toHaveLength(1);
    expect(await entries('?address=192.0.2.1')).toHaveLength(0);
    expect(await entries(`?from=${now + 60}`)).toHaveLength(0);
    expect(await entries(`?to=${now - 3600}`)).toHaveLength(0);
    expect((await entries(`?from=${now - 3600}&to=${now + 60}&limit=2&page=2`)).length).toBe(2);
    const [oldest] = await entries('?sort_order=asc&limit=1');
    expect(oldest?.id).toBe(1);
  });

  it.each(['action=LOGIN', 'action=a.b.c', 'actor_id=me', 'from=yesterday', 'sort_by=actor'])(
    'refuses ?%s by name',
    async (query) => {
      const { body } = await send(app, 'GET', `/api/audit?${query}`, bearer(token));
      expect(body['error']).toMatchObject({ problems: [{ field: query.split('=')[0] }] });
    },
  );

  it('has the failed log ins of a moment as one entry, also when the server stops at once', async () => {
    const name = 'a name that nobody has';
    for (let guess = 0; guess < 3; guess += 1) await login(app, name, `guess ${guess}`);
    const [entry] = await entries('?action=login.failed&limit=1');
    expect(entry?.details?.['known']).toBe(false);
    const stopping = await createTestApp({ dataDir: server.dataDir });
    await Promise.all(
      Array.from({ length: 4 }, (_, guess) => login(stopping.app, name, `guess ${guess}`)),
    );
    await stopping.close();
    const after = await entries('?action=login.failed');
    const counted = after
      .filter(({ id }) => id > (entry?.id ?? 0))
      .reduce((sum, { details }) => sum + Number(details?.['count'] ?? 1), 0);
    expect(counted).toBe(4);
  });

  it('forgets what is older than it is to keep', async () => {
    await app
      .get(DataSource)
      .query('UPDATE audit_log SET createdAt = ? WHERE sequence = 1', [
        Date.now() - 366 * 86_400_000,
      ]);
    const later = await createTestApp({ dataDir: server.dataDir });
    try {
      await login(later.app, 'admin');
    } finally {
      await later.close();
    }
    const [oldest] = await entries('?sort_order=asc&limit=1');
    expect(oldest?.id).toBe(2);
  });
});
