import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventBus } from '../../src/events/index.js';
import { ADMIN_PASSWORD, createTestApp, type TestApp } from '../support/app.js';
import {
  addUser,
  bearer,
  claimsOf,
  errorOf,
  login,
  send,
  tokenOf,
  type Reply,
} from '../support/auth.js';
import { jobEnd, submitted } from '../support/jobs.js';

interface Account {
  id: string;
  username: string;
  role: string;
  origin: string;
  disabled: boolean;
}

let server: TestApp;
let app: NestFastifyApplication;
let admin: Record<string, string>;

beforeAll(async () => {
  server = await createTestApp();
  app = server.app;
  admin = bearer(await tokenOf(app));
});

afterAll(async () => {
  await server.close();
});

function create(body: object): Promise<Reply> {
  return send(app, 'POST', '/api/users', admin, body);
}

function update(id: string, body: object, headers = admin): Promise<Reply> {
  return send(app, 'PATCH', `/api/users/${id}`, headers, body);
}

function remove(id: string): Promise<Reply> {
  return send(app, 'DELETE', `/api/users/${id}`, admin);
}

function me(token: string): Promise<Reply> {
  return send(app, 'GET', '/api/auth/me', bearer(token));
}

async function accounts(query = ''): Promise<Account[]> {
  return (await send(app, 'GET', `/api/users${query}`, admin)).body['users'] as Account[];
}

describe('POST /api/users', () => {
  it('adds a user with a password, and does not repeat it', async () => {
    const reply = await create({ username: 'Ada', password: 'a long password', role: 'guest' });
    expect(reply).toMatchObject({ status: 201, body: { message: 'User created successfully' } });
    expect(Object.keys(reply.body).toSorted()).toEqual(['message', 'user']);
    expect(reply.body['user']).toMatchObject({
      username: 'Ada',
      role: 'guest',
      origin: 'local',
      disabled: false,
      last_login_at: null,
    });
    expect((await login(app, 'ada', 'a long password')).status).toBe(200);
  });

  it('makes up a password where none is given, and shows it once', async () => {
    const { body } = await create({ username: 'bob' });
    expect(body['password']).toMatch(/^\w{20}$/);
    expect(body['user']).toMatchObject({ role: 'user' });
    expect((await login(app, 'bob', body['password'] as string)).status).toBe(200);
    const { id } = body['user'] as Account;
    const shown = await send(app, 'GET', `/api/users/${id}`, admin);
    expect(Object.keys(shown.body)).toEqual(['user']);
    expect(shown.body['user']).toMatchObject({ id, username: 'bob' });
    expect(JSON.stringify(shown.body)).not.toMatch(/password|hash/i);
  });

  it.each(['ADMIN', 'ａｄｍｉｎ', 'Anonymous'])('refuses the taken name %s', async (username) => {
    const reply = await create({ username, password: 'a long password' });
    expect(errorOf(reply)).toMatchObject({ code: 'USERNAME_TAKEN', status_code: 409 });
  });

  it('adds one of many of the same name', async () => {
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => create({ username: 'twin', password: 'a long password' })),
    );
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it.each([
    ['no name', {}, 'username'],
    ['a name of spaces', { username: '   ' }, 'username'],
    ['a name with a line break', { username: 'a\nb' }, 'username'],
    ['an endless name', { username: 'a'.repeat(65) }, 'username'],
    ['a name that is endless in plain letters', { username: 'ﷺ'.repeat(60) }, 'username'],
    ['a short password', { username: 'cid', password: '1234567' }, 'password'],
    ['null for a password', { username: 'cid', password: null }, 'password'],
    ['an unknown role', { username: 'cid', role: 'root' }, 'role'],
    ['an unknown field', { username: 'cid', origin: 'machine' }, 'origin'],
  ])('names the field of %s', async (_, body, field) => {
    const reply = await create(body);
    expect(reply.status).toBe(400);
    expect(reply.body['error']).toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ field })]) as unknown[],
    });
  });
});

describe('GET /api/users', () => {
  beforeAll(async () => {
    for (const name of ['list-c', 'list-a', 'list-b']) await addUser(app, name, 'user');
    await addUser(app, 'list_x', 'guest');
  });

  it('finds users by part of their name, page by page, in order', async () => {
    const reply = await send(
      app,
      'GET',
      '/api/users?search=LIST-&limit=2&page=2&sort_order=desc',
      admin,
    );
    expect(reply.body).toMatchObject({ total: 3, page: 2, limit: 2, total_pages: 2 });
    expect((reply.body['users'] as Account[]).map(({ username }) => username)).toEqual(['list-a']);
  });

  it.each([
    ['?search=list_', ['list_x']],
    ['?search=%25', []],
    ['?search=list&role=guest', ['list_x']],
    ['?search=list&disabled=true', []],
    ['?search=list_&disabled=false&origin=local', ['list_x']],
    ['?origin=machine', []],
  ])('filters %s', async (query, names) => {
    expect((await accounts(query)).map(({ username }) => username)).toEqual(names);
  });

  it.each(['role=root', 'disabled=maybe', 'origin=mars', 'sort_by=password', 'hash=x'])(
    'refuses ?%s by name',
    async (query) => {
      const reply = await send(app, 'GET', `/api/users?${query}`, admin);
      expect(reply.body['error']).toMatchObject({ problems: [{ field: query.split('=')[0] }] });
    },
  );
});

describe('PATCH /api/users/:id', () => {
  let events: string[];
  let stops: (() => void)[];

  beforeEach(() => {
    const bus = app.get(EventBus);
    events = [];
    stops = [
      bus.on('session.revoked', ({ sessionId }) => events.push(`session ${sessionId}`)),
      bus.on('user.changed', ({ userId }) => events.push(`user ${userId}`)),
    ];
  });

  afterEach(() => {
    for (const stop of stops) stop();
  });

  it('changes what a user may do from the next request on', async () => {
    const id = await addUser(app, 'climber', 'user');
    const token = await tokenOf(app, 'climber');
    expect((await send(app, 'GET', '/api/users', bearer(token))).status).toBe(403);
    expect((await update(id, { role: 'admin' })).body['user']).toMatchObject({ role: 'admin' });
    expect((await send(app, 'GET', '/api/users', bearer(token))).status).toBe(200);
    await update(id, { role: 'user' });
    expect((await send(app, 'GET', '/api/users', bearer(token))).status).toBe(403);
    expect(events).toEqual([`user ${id}`, `user ${id}`]);
  });

  it('ends the log ins of a disabled user, who may come again when enabled', async () => {
    const id = await addUser(app, 'eve', 'user');
    const token = await tokenOf(app, 'eve');
    const reply = await update(id, { disabled: true });
    expect(reply.body).toMatchObject({
      user: { id, disabled: true },
      message: 'User updated successfully',
    });
    expect(events).toEqual([`session ${claimsOf(token).sid}`, `user ${id}`]);
    expect((await me(token)).status).toBe(401);
    expect((await login(app, 'eve')).status).toBe(401);
    await update(id, { disabled: false });
    expect((await login(app, 'eve')).status).toBe(200);
    expect((await me(token)).status).toBe(401);
  });

  it('that changes nothing says so to nobody', async () => {
    const id = await addUser(app, 'still', 'user');
    expect((await update(id, { role: 'user' })).status).toBe(200);
    expect((await update(id, {})).status).toBe(200);
    expect(events).toEqual([]);
  });

  it('of an unknown user is refused', async () => {
    const reply = await update('5f0d2c1e-93a4-4b8e-8a6f-3f1d7b6c2a10', { disabled: true });
    expect(errorOf(reply)).toMatchObject({ code: 'USER_NOT_FOUND', status_code: 404 });
  });
});

describe('the last administrator', () => {
  let lonely: TestApp;
  let headers: Record<string, string>;
  let first: string;

  const send2 = (method: 'PATCH' | 'DELETE', id: string, body?: object): Promise<Reply> =>
    send(lonely.app, method, `/api/users/${id}`, headers, body);

  beforeEach(async () => {
    lonely = await createTestApp();
    const token = await tokenOf(lonely.app);
    headers = bearer(token);
    first = claimsOf(token).sub;
  });

  afterEach(async () => {
    await lonely.close();
  });

  it('cannot be disabled, demoted or removed', async () => {
    const replies = [
      await send2('PATCH', first, { disabled: true }),
      await send2('PATCH', first, { role: 'user' }),
      await send2('PATCH', first, { role: 'admin', disabled: true }),
      await send2('DELETE', first),
    ];
    for (const reply of replies)
      expect(errorOf(reply)).toMatchObject({ code: 'LAST_ADMIN', status_code: 409 });
    expect((await send(lonely.app, 'GET', '/api/users', headers)).status).toBe(200);
  });

  it('is not made up for by one who is disabled', async () => {
    const second = await addUser(lonely.app, 'second', 'admin');
    await send2('PATCH', second, { disabled: true });
    expect((await send2('PATCH', first, { role: 'user' })).status).toBe(409);
    expect((await send2('DELETE', second)).status).toBe(200);
  });

  it('stays when several are taken away at the same time', async () => {
    const others = await Promise.all(
      ['b', 'c', 'd'].map((name) => addUser(lonely.app, name, 'admin')),
    );
    const replies = await Promise.all([
      send2('PATCH', first, { disabled: true }),
      send2('PATCH', others[0]!, { role: 'user' }),
      send2('DELETE', others[1]!),
      send2('PATCH', others[2]!, { disabled: true }),
    ]);
    // The first may lose its own right in the middle of it, which refuses the rest.
    expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(3);
    const left = await Promise.all(
      ['admin', 'b', 'c', 'd'].map(async (name) => {
        const { status, body } = await login(lonely.app, name);
        return status === 200 && (body['user'] as Account).role === 'admin';
      }),
    );
    expect(left.filter(Boolean).length).toBeGreaterThanOrEqual(1);
  });
});

describe('DELETE /api/users/:id', () => {
  it('removes a user with their log ins and keys', async () => {
    const id = await addUser(app, 'gone', 'user');
    const token = await tokenOf(app, 'gone');
    const { body } = await send(app, 'POST', '/api/auth/keys', bearer(token), { name: 'k' });
    expect((await remove(id)).body).toEqual({ message: 'User deleted successfully' });
    expect((await me(token)).status).toBe(401);
    expect((await me(body['key'] as string)).status).toBe(401);
    expect((await login(app, 'gone')).status).toBe(401);
    expect((await remove(id)).status).toBe(404);
  });

  it('leaves a user whose jobs would have no owner, and says what to do', async () => {
    const id = await addUser(app, 'painter', 'user');
    const token = await tokenOf(app, 'painter');
    await jobEnd(app, token, await submitted(app, token));
    const reply = await remove(id);
    expect(errorOf(reply)).toMatchObject({ code: 'USER_HAS_JOBS', status_code: 409 });
    expect((await me(token)).status).toBe(200);
  });
});

describe('POST /api/users/:id/password', () => {
  it('ends all log ins of the user, and opens for the new one only', async () => {
    const id = await addUser(app, 'forgetful', 'user');
    const token = await tokenOf(app, 'forgetful');
    const path = `/api/users/${id}/password`;
    const { body } = await send(app, 'POST', path, admin, {});
    expect((await me(token)).status).toBe(401);
    expect((await login(app, 'forgetful')).status).toBe(401);
    expect((await login(app, 'forgetful', body['password'] as string)).status).toBe(200);
    const chosen = await send(app, 'POST', path, admin, { password: 'one of my own' });
    expect(Object.keys(chosen.body).toSorted()).toEqual(['message', 'user']);
    expect((await login(app, 'forgetful', 'one of my own')).status).toBe(200);
  });
});

describe('POST /api/auth/password', () => {
  const change = (token: string, current: string, wanted: string): Promise<Reply> =>
    send(app, 'POST', '/api/auth/password', bearer(token), {
      current_password: current,
      new_password: wanted,
    });

  it('changes the own password, and ends the other log ins', async () => {
    await addUser(app, 'ann', 'user');
    const [token, other] = [await tokenOf(app, 'ann'), await tokenOf(app, 'ann')];
    expect(await change(token, ADMIN_PASSWORD, 'another one')).toMatchObject({
      status: 200,
      body: { message: 'Password changed successfully' },
    });
    expect((await me(token)).status).toBe(200);
    expect((await me(other)).status).toBe(401);
    expect((await login(app, 'ann')).status).toBe(401);
    expect((await login(app, 'ann', 'another one')).status).toBe(200);
  });

  it('needs the current one, and brakes who guesses it', async () => {
    await addUser(app, 'target', 'user');
    const token = await tokenOf(app, 'target');
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect(errorOf(await change(token, 'a guess', 'another one')).code).toBe(
        'INVALID_CREDENTIALS',
      );
    }
    expect((await change(token, ADMIN_PASSWORD, 'another one')).status).toBe(429);
    expect((await login(app, 'target')).status).toBe(429);
  });

  it('refuses a new one that is short', async () => {
    const reply = await change(await tokenOf(app), ADMIN_PASSWORD, 'short');
    expect(reply.body['error']).toMatchObject({ problems: [{ field: 'new_password' }] });
  });
});
