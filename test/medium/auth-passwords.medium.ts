import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, login, send, tokenOf, type Reply } from '../support/auth.js';

let server: TestApp;
let app: NestFastifyApplication;

beforeAll(async () => {
  server = await createTestApp();
  app = server.app;
});

afterAll(async () => {
  await server.close();
});

function me(token: string): Promise<Reply> {
  return send(app, 'GET', '/api/auth/me', bearer(token));
}

describe('POST /api/users/:id/password', () => {
  it('ends all log ins of the user, and opens for the new one only', async () => {
    const id = await addUser(app, 'forgetful', 'user');
    const token = await tokenOf(app, 'forgetful');
    const path = `/api/users/${id}/password`;
    const admin = bearer(await tokenOf(app));
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
