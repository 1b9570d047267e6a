import type { IncomingHttpHeaders } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthService, readBasic, type Principal } from '../../src/auth/index.js';
import { ADMIN_PASSWORD, createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, send, tokenOf } from '../support/auth.js';
import { createKey } from '../support/keys.js';

let server: TestApp;
let app: NestFastifyApplication;

beforeAll(async () => {
  server = await createTestApp();
  app = server.app;
  await addUser(app, 'ann', 'user');
});

afterAll(async () => {
  await server.close();
});

function basic(text: string): IncomingHttpHeaders {
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

/** As a dialect does whose clients know nothing but Basic. */
function enter(headers: IncomingHttpHeaders): Promise<Principal> {
  readBasic(headers);
  return app.get(AuthService).authenticateHandshake({ headers });
}

describe('a username and password with each request', () => {
  it('are who they belong to', async () => {
    const first = await enter(basic(`ann:${ADMIN_PASSWORD}`));
    expect(first).toMatchObject({ username: 'ann', role: 'user', via: 'basic' });
    const second = await enter(basic(`ann:${ADMIN_PASSWORD}`));
    expect(second.userId).toBe(first.userId);
  });

  it('may hold an API key in the place of either', async () => {
    const { key } = await createKey(app, bearer(await tokenOf(app, 'ann')));
    for (const text of [`anybody:${key}`, `${key}:`]) {
      expect(await enter(basic(text))).toMatchObject({ username: 'ann', via: 'api-key' });
    }
  });

  it('are refused when they are wrong, also right after they were right', async () => {
    await enter(basic(`ann:${ADMIN_PASSWORD}`));
    await expect(enter(basic('ann:wrong'))).rejects.toMatchObject({ code: 'AUTH_REQUIRED' });
    await expect(enter(basic(`nobody:${ADMIN_PASSWORD}`))).rejects.toMatchObject({
      code: 'AUTH_REQUIRED',
    });
  });

  it('are worth nothing once the password is another one', async () => {
    const id = await addUser(app, 'cleo', 'user');
    await enter(basic(`cleo:${ADMIN_PASSWORD}`));
    const admin = bearer(await tokenOf(app));
    const reply = await send(app, 'POST', `/api/users/${id}/password`, admin, {
      password: 'quite another password',
    });
    expect(reply.status).toBeLessThan(300);
    await expect(enter(basic(`cleo:${ADMIN_PASSWORD}`))).rejects.toMatchObject({ status: 401 });
    expect(await enter(basic('cleo:quite another password'))).toMatchObject({ username: 'cleo' });
  });

  it('are worth nothing once the account is disabled', async () => {
    const id = await addUser(app, 'dora', 'user');
    await enter(basic(`dora:${ADMIN_PASSWORD}`));
    const admin = bearer(await tokenOf(app));
    await send(app, 'PATCH', `/api/users/${id}`, admin, { disabled: true });
    await expect(enter(basic(`dora:${ADMIN_PASSWORD}`))).rejects.toMatchObject({ status: 401 });
  });

  it('are no way to guess passwords faster than at the log in', async () => {
    await addUser(app, 'eve', 'user');
    for (let guess = 0; guess < 10; guess += 1)
      await expect(enter(basic(`eve:guess ${guess}`))).rejects.toMatchObject({ status: 401 });
    await expect(enter(basic(`eve:${ADMIN_PASSWORD}`))).rejects.toMatchObject({ status: 429 });
  });

  it.each(['Basic', 'Basic ', `Basic ${btoa('undefined')}`, `Basic ${btoa(':')}`])(
    'that are none, as in "%s", are no credential',
    async (authorization) => {
      await expect(enter({ authorization })).rejects.toThrow(/needs an access token/);
    },
  );

  it('count only where they are read', async () => {
    const headers = basic(`ann:${ADMIN_PASSWORD}`);
    const reply = await send(app, 'GET', '/api/auth/me', headers as Record<string, string>);
    expect(reply.status).toBe(401);
  });
});
