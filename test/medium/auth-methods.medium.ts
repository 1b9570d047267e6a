import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Environment } from '../../src/config/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, login, send } from '../support/auth.js';

let server: TestApp;

afterEach(async () => {
  await server.close();
});

async function boot(env: Environment = {}): Promise<NestFastifyApplication> {
  server = await createTestApp({ env });
  return server.app;
}

/** A first start without a password in the configuration; gives the one that it showed. */
async function bootWithout(): Promise<{ app: NestFastifyApplication; password: string }> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const app = await boot({ ATELIER_ADMIN_PASSWORD: '' });
  const [, password = ''] = /password +(\S+)/.exec(write.mock.calls.join('')) ?? [];
  write.mockRestore();
  return { app, password };
}

async function welcomeAt(app: NestFastifyApplication): Promise<unknown> {
  return (await send(app, 'GET', '/api/auth/methods')).body['welcome'];
}

describe('the ways to come in', () => {
  it.each([
    ['jwt,api-key', ['jwt', 'api-key']],
    ['pam,none', ['pam', 'none']],
  ])('are told to whoever asks: %s', async (on, methods) => {
    const app = await boot({ ATELIER_AUTH_METHODS: on });
    const { status, body } = await send(app, 'GET', '/api/auth/methods');
    expect({ status, body }).toEqual({ status: 200, body: { methods, welcome: false } });
  });

  it('are told to who shows a bad credential, too', async () => {
    const app = await boot();
    const { status } = await send(app, 'GET', '/api/auth/methods', bearer('no.good.token'));
    expect(status).toBe(200);
  });
});

describe('the welcome', () => {
  it('is over once the user has replaced the password that was made up', async () => {
    const { app, password } = await bootWithout();
    expect(await welcomeAt(app)).toBe(true);
    const { body } = await login(app, 'admin', password);
    const headers = bearer(body['token'] as string);
    const change = { current_password: password, new_password: 'one of my own' };
    await send(app, 'POST', '/api/auth/password', headers, { ...change, current_password: 'no' });
    expect(await welcomeAt(app)).toBe(true);
    expect((await send(app, 'POST', '/api/auth/password', headers, change)).status).toBe(200);
    expect(await welcomeAt(app)).toBe(false);
  });

  it('is over once an administrator has replaced it', async () => {
    const { app, password } = await bootWithout();
    const { body } = await login(app, 'admin', password);
    const { id } = body['user'] as { id: string };
    await send(app, 'POST', `/api/users/${id}/password`, bearer(body['token'] as string), {});
    expect(await welcomeAt(app)).toBe(false);
  });

  it('is not offered where passwords are off', async () => {
    expect(await welcomeAt(await boot({ ATELIER_AUTH_METHODS: 'api-key' }))).toBe(false);
  });
});
