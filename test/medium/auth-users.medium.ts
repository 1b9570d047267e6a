import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventBus } from '../../src/events/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
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
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201, 409, 409, 409, 409, 409,
    ]);
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

  it('keeps both of two changes at the same time', async () => {
    const id = await addUser(app, 'torn', 'user');
    await Promise.all([update(id, { role: 'guest' }), update(id, { disabled: true })]);
    const { body } = await send(app, 'GET', `/api/users/${id}`, admin);
    expect(body['user']).toMatchObject({ role: 'guest', disabled: true });
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
