/**
 * The documented API of stable-diffusion.cpp-rest, its parts "Authentication" and "Authentication and
 * Authorization": each endpoint as it is written there, body for body.
 */
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser } from '../support/auth.js';
import { ADMIN_PASSWORD } from '../support/app.js';
import { call, jsonOf, type Call, type HttpReply } from '../support/client.js';
import { envelopeOf } from '../support/envelope.js';
import { FakeMachine } from '../support/fake-machine.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';

const TOKEN = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string;

/** `{ "id": "string", "username": "string", "role": "string", "permissions": ["string"] }` */
const USER = {
  id: expect.stringMatching(/./) as string,
  username: 'user',
  role: 'user',
  permissions: expect.toSatisfy(
    (list: unknown) => Array.isArray(list) && list.every((one) => typeof one === 'string'),
  ) as string[],
};

let folder: TemporaryFolder;
let server: TestApp;
let url: string;
let socket: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  socket = join(folder.path, 'atelier.sock');
  server = await createTestApp({
    machine: new FakeMachine({ pamela: 'of the machine' }),
    env: {
      ATELIER_AUTH_METHODS: 'jwt,api-key,unix,pam',
      ATELIER_UNIX_SOCKET: socket,
    },
  });
  await addUser(server.app, 'user', 'user');
  await addUser(server.app, 'guest', 'guest');
  url = await server.listen();
});

afterAll(async () => {
  await server.close();
  await folder.remove();
});

function ask(request: Call): Promise<HttpReply> {
  return call(url, request);
}

async function tokenOf(username: string, password = ADMIN_PASSWORD): Promise<string> {
  const reply = await ask({ path: '/api/auth/login', body: { username, password } });
  return jsonOf<{ token: string }>(reply).token;
}

async function bearerOf(username: string): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await tokenOf(username)}` };
}

describe('POST /api/auth/login', () => {
  it('answers with token, user and message', async () => {
    const reply = await ask({
      path: '/api/auth/login',
      body: { username: 'user', password: ADMIN_PASSWORD },
    });
    expect(reply.status).toBe(200);
    expect(jsonOf(reply)).toEqual({ token: TOKEN, user: USER, message: 'Login successful' });
  });

  it('needs no password for Unix without PAM', async () => {
    const { username } = userInfo();
    const reply = await call(`unix:${socket}`, { path: '/api/auth/login', body: { username } });
    expect(reply.status).toBe(200);
    expect(jsonOf(reply)).toEqual({
      token: TOKEN,
      user: { ...USER, username },
      message: 'Login successful',
    });
  });

  it('takes a password of PAM', async () => {
    const reply = await ask({
      path: '/api/auth/login',
      body: { username: 'pamela', password: 'of the machine' },
    });
    expect(jsonOf(reply)).toEqual({
      token: TOKEN,
      user: { ...USER, username: 'pamela' },
      message: 'Login successful',
    });
  });

  it('refuses with INVALID_CREDENTIALS', async () => {
    const reply = await ask({
      path: '/api/auth/login',
      body: { username: 'user', password: 'wrong' },
    });
    expect(reply.status).toBe(401);
    expect(envelopeOf(reply).code).toBe('INVALID_CREDENTIALS');
  });

  it('refuses a body that is no good with VALIDATION_ERROR', async () => {
    const reply = await ask({ path: '/api/auth/login', body: { password: 'pass' } });
    expect(reply.status).toBe(400);
    expect(envelopeOf(reply).code).toBe('VALIDATION_ERROR');
  });
});

describe('POST /api/auth/logout', () => {
  it('invalidates the current session', async () => {
    const headers = await bearerOf('user');
    const reply = await ask({ method: 'POST', path: '/api/auth/logout', headers });
    expect(reply.status).toBe(200);
    expect(jsonOf(reply)).toEqual({ message: 'Logout successful' });
    const after = await ask({ path: '/api/auth/me', headers });
    expect(after.status).toBe(401);
    expect(envelopeOf(after).code).toBe('AUTH_REQUIRED');
  });
});

describe('GET /api/auth/validate', () => {
  it('answers with user and valid', async () => {
    const reply = await ask({ path: '/api/auth/validate', headers: await bearerOf('user') });
    expect(reply.status).toBe(200);
    expect(jsonOf(reply)).toEqual({ user: USER, valid: true });
  });

  it('refuses a token that is not valid', async () => {
    const headers = { authorization: 'Bearer not.a.token' };
    const reply = await ask({ path: '/api/auth/validate', headers });
    expect(reply.status).toBe(401);
    expect(envelopeOf(reply).code).toBe('AUTH_REQUIRED');
  });
});

describe('POST /api/auth/refresh', () => {
  it('answers with a new token, which takes the place of the old one', async () => {
    const headers = await bearerOf('user');
    const reply = await ask({ method: 'POST', path: '/api/auth/refresh', headers });
    expect(reply.status).toBe(200);
    expect(jsonOf(reply)).toEqual({ token: TOKEN, message: 'Token refreshed successfully' });
    const fresh = { authorization: `Bearer ${jsonOf<{ token: string }>(reply).token}` };
    expect((await ask({ path: '/api/auth/me', headers: fresh })).status).toBe(200);
    expect((await ask({ path: '/api/auth/me', headers })).status).toBe(401);
  });
});

describe('GET /api/auth/me', () => {
  it('answers with the user', async () => {
    const reply = await ask({ path: '/api/auth/me', headers: await bearerOf('user') });
    expect(reply.status).toBe(200);
    expect(jsonOf(reply)).toEqual({ user: USER });
  });
});

describe('the authentication headers', () => {
  it('Authorization: Bearer <jwt_token>', async () => {
    expect((await ask({ path: '/api/queue/status', headers: await bearerOf('user') })).status).toBe(
      200,
    );
  });

  it('X-API-Key: <api_key>', async () => {
    const made = await ask({
      path: '/api/auth/keys',
      headers: await bearerOf('user'),
      body: { name: 'contract' },
    });
    expect(made.status).toBe(201);
    const headers = { 'X-API-Key': jsonOf<{ key: string }>(made).key };
    const reply = await ask({ path: '/api/auth/me', headers });
    expect(jsonOf(reply)).toEqual({ user: USER });
  });

  it('X-Unix-User: <username>', async () => {
    const { username } = userInfo();
    const request = { path: '/api/auth/me', headers: { 'X-Unix-User': username } };
    expect(jsonOf(await call(`unix:${socket}`, request))).toEqual({ user: { ...USER, username } });
    const forged = await ask(request);
    expect(forged.status).toBe(401);
    expect(envelopeOf(forged).code).toBe('AUTH_REQUIRED');
  });

  it('are asked for with AUTH_REQUIRED', async () => {
    const reply = await ask({ path: '/api/queue/status' });
    expect(reply.status).toBe(401);
    expect(envelopeOf(reply).code).toBe('AUTH_REQUIRED');
  });
});

describe('the permission levels', () => {
  const submit = async (name: string): Promise<HttpReply> =>
    ask({
      path: '/api/generate/text2img',
      headers: await bearerOf(name),
      body: { prompt: 'red apple' },
    });

  it('guest: public endpoints', async () => {
    expect((await ask({ path: '/api/health' })).status).toBe(200);
    const reply = await submit('guest');
    expect(reply.status).toBe(403);
    expect(envelopeOf(reply).code).toBe('INSUFFICIENT_PERMISSIONS');
  });

  it('user: generates images and manages own jobs', async () => {
    const reply = await submit('user');
    expect(reply.status).toBe(202);
    const path = `/api/queue/job/${jsonOf<{ request_id: string }>(reply).request_id}`;
    expect((await ask({ path, headers: await bearerOf('user') })).status).toBe(200);
    expect((await ask({ path: '/api/users', headers: await bearerOf('user') })).status).toBe(403);
  });

  it('admin: manages users', async () => {
    expect((await ask({ path: '/api/users', headers: await bearerOf('admin') })).status).toBe(200);
  });
});

describe('the method none', () => {
  it('needs no authentication', async () => {
    const open = await createTestApp({ env: { ATELIER_AUTH_METHODS: 'none' } });
    try {
      const base = await open.listen();
      const reply = await call(base, { path: '/api/auth/me' });
      expect(jsonOf(reply)).toEqual({ user: { ...USER, username: 'anonymous' } });
    } finally {
      await open.close();
    }
  });
});
