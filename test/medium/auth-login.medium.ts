import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_PERMISSIONS, User } from '../../src/auth/index.js';
import { ADMIN_PASSWORD, createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, claimsOf, errorOf, login, send, tokenOf } from '../support/auth.js';

let server: TestApp;
let app: NestFastifyApplication;

beforeAll(async () => {
  server = await createTestApp({ env: { ATELIER_TRUSTED_PROXIES: '127.0.0.1' } });
  app = server.app;
});

/** What a trusted proxy says of a client. */
const from = (client: number) => ({ 'x-forwarded-for': `198.51.100.${client}` });

afterAll(async () => {
  await server.close();
});

describe('POST /api/auth/login', () => {
  it('answers with a token and the user, and no more', async () => {
    const { status, body } = await login(app, 'admin');
    expect(status).toBe(200);
    expect(body).toEqual({
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
      user: {
        id: expect.stringMatching(
          /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
        ) as string,
        username: 'admin',
        role: 'admin',
        permissions: ROLE_PERMISSIONS.admin,
      },
      message: 'Login successful',
    });
  });

  it('knows the username in any case', async () => {
    expect((await login(app, 'ADMIN')).status).toBe(200);
  });

  it('keeps a session with its client, for as long as the token is good', async () => {
    const { body } = await login(app, 'admin', ADMIN_PASSWORD, { 'user-agent': 'x'.repeat(1000) });
    const { sid, exp, iss } = claimsOf(body['token'] as string);
    expect(iss).toBe('atelier');
    const [session] = (await app
      .get(DataSource)
      .query('SELECT * FROM sessions WHERE id = ?', [sid])) as object[];
    expect(session).toMatchObject({
      expiresAt: exp * 1000,
      revokedAt: null,
      userAgent: 'x'.repeat(256),
      address: '127.0.0.1',
    });
    expect(exp * 1000 - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    expect(exp * 1000 - Date.now()).toBeLessThanOrEqual(24 * 3_600_000);
  });

  it('notes when the user was last here', async () => {
    const before = Date.now();
    await login(app, 'admin');
    const user = await app
      .get(DataSource)
      .getRepository(User)
      .findOneByOrFail({ usernameKey: 'admin' });
    expect(user.lastLoginAt?.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('clears away the sessions of this user that have expired', async () => {
    const { sid } = claimsOf(await tokenOf(app));
    await app.get(DataSource).query('UPDATE sessions SET expiresAt = 0 WHERE id = ?', [sid]);
    await login(app, 'admin');
    expect(await app.get(DataSource).query('SELECT * FROM sessions WHERE id = ?', [sid])).toEqual(
      [],
    );
  });

  it('says the same of an unknown user and of a wrong password', async () => {
    const [unknown, wrong] = [
      await login(app, 'nobody', 'guess'),
      await login(app, 'admin', 'guess'),
    ];
    expect(unknown.status).toBe(401);
    expect(errorOf(unknown)).toMatchObject({ code: 'INVALID_CREDENTIALS', status_code: 401 });
    expect(wrong.status).toBe(unknown.status);
    expect(errorOf(wrong).code).toBe(errorOf(unknown).code);
    expect(errorOf(wrong).message).toBe(errorOf(unknown).message);
  });

  it('says it of a disabled account too, whose tokens are refused', async () => {
    const id = await addUser(app, 'eve', 'user');
    const token = await tokenOf(app, 'eve');
    await app.get(DataSource).getRepository(User).update({ id }, { disabled: true });
    expect(errorOf(await login(app, 'eve')).code).toBe('INVALID_CREDENTIALS');
    const refused = await send(app, 'GET', '/api/auth/me', bearer(token));
    expect(errorOf(refused)).toMatchObject({
      code: 'AUTH_REQUIRED',
      message: 'This account is disabled: ask an administrator.',
    });
  });

  it.each([
    ['no body', undefined, 'username'],
    ['no password', { username: 'admin' }, 'password'],
    ['a number for a password', { username: 'admin', password: 1 }, 'password'],
    ['an endless username', { username: 'a'.repeat(65), password: 'x' }, 'username'],
    ['an endless password', { username: 'admin', password: 'a'.repeat(1025) }, 'password'],
    ['an unknown field', { username: 'admin', password: 'x', role: 'admin' }, 'role'],
  ])('names the field of %s', async (_, payload, field) => {
    const reply = await send(app, 'POST', '/api/auth/login', {}, payload);
    expect(reply.status).toBe(400);
    expect(reply.body['error']).toMatchObject({
      code: 'VALIDATION_ERROR',
      problems: expect.arrayContaining([expect.objectContaining({ field })]) as unknown[],
    });
  });

  it('brakes who guesses, and only there', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect((await login(app, 'victim', `guess ${attempt}`, from(1))).status).toBe(401);
    }
    const braked = await login(app, 'Victim', 'guess', from(2));
    expect(braked.status).toBe(429);
    expect(errorOf(braked).code).toBe('TOO_MANY_ATTEMPTS');
    expect(Number(braked.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(braked.headers['retry-after'])).toBeLessThanOrEqual(5);
    expect((await login(app, 'admin')).status).toBe(200);
  });

  it('counts guesses made at the same time', async () => {
    const replies = await Promise.all(
      Array.from({ length: 15 }, () => login(app, 'target', 'guess', from(3))),
    );
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(5);
  });

  it('lets many clients of one user in at the same time', async () => {
    const replies = await Promise.all(Array.from({ length: 15 }, () => login(app, 'admin')));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
  });
});

describe('GET /api/auth/me', () => {
  it('tells who the token speaks for', async () => {
    const { body } = await login(app, 'admin');
    const reply = await send(app, 'GET', '/api/auth/me', bearer(body['token'] as string));
    expect(reply).toMatchObject({ status: 200, body: { user: body['user'] } });
  });

  it('keeps callers apart who ask at the same time', async () => {
    const names = ['ann', 'bob', 'cid', 'dot'];
    const tokens: string[] = [];
    for (const name of names) {
      await addUser(app, name, 'user');
      tokens.push(await tokenOf(app, name));
    }
    const asked = [...tokens, ...tokens, ...tokens];
    const replies = await Promise.all(
      asked.map((token) => send(app, 'GET', '/api/auth/me', bearer(token))),
    );
    const answered = replies.map(({ body }) => (body['user'] as { username: string }).username);
    expect(answered).toEqual([...names, ...names, ...names]);
  });
});
