import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EventBus } from '../../src/events/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, claimsOf, errorOf, send, tokenOf, type Reply } from '../support/auth.js';

let server: TestApp;
let app: NestFastifyApplication;
let revoked: string[];
let stop: () => void;

beforeAll(async () => {
  server = await createTestApp();
  app = server.app;
  stop = app.get(EventBus).on('session.revoked', ({ sessionId }) => revoked.push(sessionId));
  revoked = [];
});

afterEach(() => {
  revoked.length = 0;
});

afterAll(async () => {
  stop();
  await server.close();
});

function me(token: string): Promise<Reply> {
  return send(app, 'GET', '/api/auth/me', bearer(token));
}

function refresh(token: string): Promise<Reply> {
  return send(app, 'POST', '/api/auth/refresh', bearer(token));
}

async function refreshed(token: string): Promise<string> {
  const { status, body } = await refresh(token);
  if (status !== 200) throw new Error(`Not refreshed: ${JSON.stringify(body)}`);
  return body['token'] as string;
}

/** Makes the last refresh of a session look as old as it says. */
async function ageRotation(token: string, milliseconds: number): Promise<void> {
  await app
    .get(DataSource)
    .query('UPDATE sessions SET rotatedAt = ? WHERE id = ?', [
      Date.now() - milliseconds,
      claimsOf(token).sid,
    ]);
}

describe('POST /api/auth/refresh', () => {
  it('gives another token of the same session, which lasts anew', async () => {
    const old = await tokenOf(app);
    const reply = await refresh(old);
    expect(reply).toMatchObject({
      status: 200,
      body: {
        token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
        message: 'Token refreshed successfully',
      },
    });
    const fresh = reply.body['token'] as string;
    expect(claimsOf(fresh)).toMatchObject({ sub: claimsOf(old).sub, sid: claimsOf(old).sid });
    expect(claimsOf(fresh).jti).not.toBe(claimsOf(old).jti);
    expect(claimsOf(fresh).exp).toBeGreaterThanOrEqual(claimsOf(old).exp);
    expect((await me(fresh)).status).toBe(200);
  });

  it('makes the old token worthless at once, and leaves requests that crossed it unpunished', async () => {
    const old = await tokenOf(app);
    const fresh = await refreshed(old);
    for (const reply of [await me(old), await refresh(old)]) {
      expect(errorOf(reply)).toMatchObject({
        code: 'AUTH_REQUIRED',
        message: 'This access token was replaced by a newer one: use that.',
      });
    }
    expect((await me(fresh)).status).toBe(200);
    expect(revoked).toEqual([]);
  });

  it('ends the session when an old token is used again later, and tells it', async () => {
    const old = await tokenOf(app);
    const fresh = await refreshed(old);
    await ageRotation(old, 11_000);
    expect(errorOf(await me(old)).message).toContain('used again, so the log in was ended');
    expect(revoked).toEqual([claimsOf(old).sid]);
    expect(errorOf(await me(fresh)).message).toBe(
      'This access token was logged out: log in again.',
    );
    const { body } = await send(
      app,
      'GET',
      '/api/audit?action=session.token_reused',
      bearer(await tokenOf(app)),
    );
    expect(body['entries']).toMatchObject([
      { details: { session_id: claimsOf(old).sid }, target: { type: 'user', name: 'admin' } },
    ]);
  });

  it('gives one new token to many who ask at the same time', async () => {
    const old = await tokenOf(app);
    const replies = await Promise.all(Array.from({ length: 8 }, () => refresh(old)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(7);
    const winner = replies.find(({ status }) => status === 200)!.body['token'] as string;
    expect((await me(winner)).status).toBe(200);
  });

  it('does not make a log in last for ever', async () => {
    const token = await tokenOf(app);
    const thirtyDays = 30 * 86_400_000;
    await app
      .get(DataSource)
      .query('UPDATE sessions SET createdAt = ? WHERE id = ?', [
        Date.now() - thirtyDays - 1000,
        claimsOf(token).sid,
      ]);
    expect(errorOf(await refresh(token)).message).toBe(
      'This log in is too old to be refreshed: log in again.',
    );
  });
});

describe('GET /api/auth/validate', () => {
  it('says who a good token speaks for, and refuses a bad one', async () => {
    const token = await tokenOf(app);
    const { user } = (await me(token)).body;
    const reply = await send(app, 'GET', '/api/auth/validate', bearer(token));
    expect(reply).toMatchObject({ status: 200, body: { user, valid: true } });
    expect((await send(app, 'GET', '/api/auth/validate', bearer('garbage'))).status).toBe(401);
  });
});

describe('the own sessions', () => {
  async function sessionsOf(token: string): Promise<{ id: string; current: boolean }[]> {
    const { body } = await send(app, 'GET', '/api/auth/sessions', bearer(token));
    return body['sessions'] as { id: string; current: boolean }[];
  }

  it('are listed with where they came from, and which one asks', async () => {
    await addUser(app, 'ann', 'user');
    const [first, second] = [await tokenOf(app, 'ann'), await tokenOf(app, 'ann')];
    const { body } = await send(app, 'GET', '/api/auth/sessions', bearer(second));
    expect(body).toMatchObject({ total: 2, page: 1, limit: 50, total_pages: 1 });
    const current = (body['sessions'] as { id: string; current: boolean }[]).map(
      ({ id, current: isCurrent }) => [id, isCurrent],
    );
    expect(new Map(current as [string, boolean][])).toEqual(
      new Map([
        [claimsOf(first).sid, false],
        [claimsOf(second).sid, true],
      ]),
    );
    expect((body['sessions'] as object[])[0]).toMatchObject({
      method: 'jwt',
      address: '127.0.0.1',
      expires_at: claimsOf(second).exp,
    });
  });

  it('can be ended one by one', async () => {
    await addUser(app, 'bob', 'user');
    const [first, second] = [await tokenOf(app, 'bob'), await tokenOf(app, 'bob')];
    const path = `/api/auth/sessions/${claimsOf(first).sid}`;
    expect(await send(app, 'DELETE', path, bearer(second))).toMatchObject({
      status: 200,
      body: { message: 'Session revoked successfully' },
    });
    expect(revoked).toEqual([claimsOf(first).sid]);
    expect((await me(first)).status).toBe(401);
    expect(await sessionsOf(second)).toMatchObject([{ current: true }]);
    expect((await send(app, 'DELETE', path, bearer(second))).status).toBe(404);
  });

  it('can all be ended but the one that asks', async () => {
    await addUser(app, 'cid', 'user');
    const tokens = [
      await tokenOf(app, 'cid'),
      await tokenOf(app, 'cid'),
      await tokenOf(app, 'cid'),
    ];
    const reply = await send(app, 'DELETE', '/api/auth/sessions', bearer(tokens[2]!));
    expect(reply.body).toEqual({ message: 'Other sessions revoked successfully', revoked: 2 });
    const statuses = await Promise.all(tokens.map(async (token) => (await me(token)).status));
    expect(statuses).toEqual([401, 401, 200]);
    expect(revoked.toSorted()).toEqual(
      [claimsOf(tokens[0]!).sid, claimsOf(tokens[1]!).sid].toSorted(),
    );
  });

  it('should not show or end the session of another user, administrators included', async () => {
    await addUser(app, 'dot', 'user');
    const [dot, admin] = [await tokenOf(app, 'dot'), await tokenOf(app)];
    const path = `/api/auth/sessions/${claimsOf(dot).sid}`;
    const reply = await send(app, 'DELETE', path, bearer(admin));
    expect(reply.status).toBe(404);
    expect(errorOf(reply).code).toBe('SESSION_NOT_FOUND');
    expect((await sessionsOf(admin)).map(({ id }) => id)).not.toContain(claimsOf(dot).sid);
    expect((await me(dot)).status).toBe(200);
  });
});
