import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { askForKey, createKey, withKey } from '../support/keys.js';

let server: TestApp;
let app: NestFastifyApplication;
let admin: Record<string, string>;
let front: Record<string, string>;

beforeAll(async () => {
  server = await createTestApp();
  app = server.app;
  await addUser(app, 'ann', 'user');
  admin = bearer(await tokenOf(app));
  front = withKey((await createKey(app, admin, { name: 'open webui', delegates: true })).key);
});

afterAll(async () => {
  await server.close();
});

/** As Open WebUI names its people. */
function person(id: string, name = id): Record<string, string> {
  return {
    ...front,
    'x-openwebui-user-id': id,
    'x-openwebui-user-name': encodeURIComponent(name),
    'x-openwebui-user-email': `${id}@example.org`,
    'x-openwebui-user-role': 'admin',
  };
}

function me(headers: Record<string, string>): Promise<Reply> {
  return send(app, 'GET', '/api/queue/history', headers);
}

async function submit(headers: Record<string, string>): Promise<string> {
  const reply = await send(app, 'POST', '/api/generate/text2img', headers, {
    prompt: 'a red apple',
    width: 64,
    height: 64,
    steps: 1,
  });
  expect(reply.status).toBe(202);
  return reply.body['request_id'] as string;
}

async function jobsOf(headers: Record<string, string>): Promise<string[]> {
  const { body } = await me(headers);
  return (body['jobs'] as { id: string }[]).map(({ id }) => id);
}

describe('a delegating key', () => {
  it('gives each person behind it a queue of their own', async () => {
    const [one, other] = [await submit(person('u1', 'Zoë')), await submit(person('u2'))];
    expect(await jobsOf(person('u1', 'Zoë'))).toEqual([one]);
    expect(await jobsOf(person('u2'))).toEqual([other]);
    const reply = await send(app, 'GET', `/api/queue/job/${one}`, person('u2'));
    expect(reply.status).toBe(404);
  });

  it('makes an ordinary user of a person, whatever the front calls them', async () => {
    await submit(person('u3'));
    const { body } = await send(app, 'GET', '/api/users?search=u3%40example.org', admin);
    expect(body['users']).toEqual([
      expect.objectContaining({
        username: expect.stringMatching(/^u3@example\.org~[\da-f]{12}$/) as string,
        role: 'user',
        origin: 'delegated',
      }),
    ]);
    expect((await send(app, 'GET', '/api/users', person('u3'))).status).toBe(403);
  });

  it('lends nothing of accounts and keys', async () => {
    expect((await askForKey(app, person('u1'))).status).toBe(403);
    expect((await send(app, 'GET', '/api/auth/me', person('u1'))).status).toBe(403);
  });

  it('speaks for its owner where it names nobody', async () => {
    const { body } = await send(app, 'GET', '/api/auth/me', front);
    expect(body).toMatchObject({ user: { username: 'admin' } });
  });

  it.each([
    ['both headers', { 'x-openwebui-user-id': 'u1', 'x-atelier-user': 'u2' }],
    ['X-OpenWebUI-User-Id twice', { 'x-openwebui-user-id': ['u1', 'u2'].join(', ') }],
    ['X-Atelier-User twice', { 'x-atelier-user': ['u1', 'u2'].join(', ') }],
  ])('refuses a request that names two persons by %s', async (_, names) => {
    const reply = await me({ ...front, ...names });
    expect(reply.status).toBe(401);
    expect(reply.body['error']).toMatchObject({ code: 'AUTH_REQUIRED' });
  });

  it('refuses a person who was disabled', async () => {
    await submit(person('u4'));
    const { body } = await send(app, 'GET', '/api/users?search=u4%40example.org', admin);
    const [{ id }] = body['users'] as [{ id: string }];
    await send(app, 'PATCH', `/api/users/${id}`, admin, { disabled: true });
    expect((await me(person('u4'))).status).toBe(401);
  });

  it('is for an administrator to make, and says so in the list', async () => {
    const { body } = await send(app, 'GET', '/api/auth/keys', admin);
    expect(body['keys']).toEqual([
      expect.objectContaining({ name: 'open webui', delegates: true }),
    ]);
    const ann = bearer(await tokenOf(app, 'ann'));
    const reply = await askForKey(app, ann, { delegates: true });
    expect(reply.status).toBe(403);
    expect(errorOf(reply).message).toContain('user:manage');
  });
});

describe('an ordinary key', () => {
  it('ignores what names a person', async () => {
    const { key } = await createKey(app, bearer(await tokenOf(app, 'ann')));
    const headers = { ...person('u5'), ...withKey(key) };
    const { body } = await send(app, 'GET', '/api/auth/me', headers);
    expect(body).toMatchObject({ user: { username: 'ann' } });
    const users = await send(app, 'GET', '/api/users?search=u5', admin);
    expect(users.body['users']).toEqual([]);
  });
});
