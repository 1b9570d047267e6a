import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { Environment } from '../../src/config/index.js';
import { ADMIN_PASSWORD, createTestApp, type TestApp } from '../support/app.js';
import { call, jsonOf, type Call, type HttpReply } from '../support/client.js';
import { FakeMachine } from '../support/fake-machine.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';

/** The account that the tests run as, which is at the other end of the socket. */
const ME = userInfo().username;

interface Failure {
  error: { code: string; message: string };
}

let folder: TemporaryFolder;
let path: string;
let machine: FakeMachine;
let server: TestApp | undefined;
let tcp: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, 'atelier.sock');
  machine = new FakeMachine({});
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await folder.remove();
});

async function boot(env: Environment = {}): Promise<TestApp> {
  server = await createTestApp({
    machine,
    env: { ATELIER_AUTH_METHODS: 'jwt,unix', ATELIER_UNIX_SOCKET: path, ...env },
  });
  tcp = await server.listen();
  return server;
}

function overSocket(request: Call): Promise<HttpReply> {
  return call(`unix:${path}`, request);
}

function me(headers: Record<string, string> = {}): Promise<HttpReply> {
  return overSocket({ path: '/api/auth/me', headers });
}

function codeOf(reply: HttpReply): string {
  return jsonOf<Failure>(reply).error.code;
}

describe('the Unix socket', () => {
  it('answers as the port does, and everybody may connect', async () => {
    await boot();
    expect((await overSocket({ path: '/api/health' })).status).toBe(200);
    expect((await me()).status).toBe(401);
    expect((await stat(path)).mode & 0o777).toBe(0o666);
  });

  it('carries live connections too', async () => {
    await boot();
    const login = await overSocket({ path: '/api/auth/login', body: { username: ME } });
    const { token } = jsonOf<{ token: string }>(login);
    const feed = new WebSocket(`ws+unix:${path}:/socket.io/?EIO=4&transport=websocket`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const [greeting] = (await once(feed, 'message')) as [Buffer];
    expect(greeting.toString()).toMatch(/^0\{"sid":/);
    feed.terminate();
  });

  it('is gone with the server', async () => {
    await boot();
    await server?.close();
    server = undefined;
    expect(existsSync(path)).toBe(false);
  });

  it('takes the place of one that a killed server left behind', async () => {
    await boot();
    const other = await createTestApp({ machine, env: { ATELIER_UNIX_SOCKET: path } });
    await expect(other.listen()).rejects.toThrow(`Another server listens on ${path}.`);
    await other.close();
    expect((await overSocket({ path: '/api/health' })).status).toBe(200);
    await server?.close();
    leaveSocketBehind();
    await boot();
    expect((await overSocket({ path: '/api/health' })).status).toBe(200);
  });

  it('is not made over a file', async () => {
    await writeFile(path, 'precious');
    await expect(boot()).rejects.toThrow('is there and is no socket');
  });
});

describe('an account that the configuration names as an administrator', () => {
  it('is one when it first comes in, where nobody was before', async () => {
    await boot({ ATELIER_AUTH_METHODS: 'unix', ATELIER_MACHINE_ADMINS: ME });
    const reply = await me({ 'x-unix-user': ME });
    expect(jsonOf<{ user: object }>(reply).user).toMatchObject({ username: ME, role: 'admin' });
    const users = await overSocket({ path: '/api/users', headers: { 'x-unix-user': ME } });
    expect(users.status).toBe(200);
  });
});

/** A socket file that nobody listens on. */
function leaveSocketBehind(): void {
  spawnSync(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  expect(existsSync(path)).toBe(true);
}

describe('X-Unix-User over the Unix socket', () => {
  it('is believed of the user whose process it is, who is made at first use', async () => {
    await boot({ ATELIER_UNIX_ROLE: 'admin' });
    const reply = await me({ 'x-unix-user': ME });
    expect(reply.status).toBe(200);
    const { user } = jsonOf<{ user: object }>(reply);
    expect(user).toMatchObject({ username: ME, role: 'admin' });
    expect(jsonOf(await me({ 'x-unix-user': ME }))).toEqual({ user });
    const audit = await overSocket({
      path: '/api/audit?action=user.created',
      headers: { 'x-unix-user': ME },
    });
    expect(jsonOf<{ entries: object[] }>(audit).entries).toMatchObject([
      { actor: { username: ME, via: 'unix' }, address: `unix:${process.getuid?.()}` },
    ]);
  });

  it.each(['daemon', 'nobody-at-all', '0', '-x', 'a:b', `${ME}x`])(
    'is not believed of %j',
    async (name) => {
      await boot();
      const reply = await me({ 'x-unix-user': name });
      expect(reply.status).toBe(401);
      expect(codeOf(reply)).toBe('AUTH_REQUIRED');
    },
  );

  it('goes by the user id that the kernel says, and by nothing else', async () => {
    await boot();
    machine.uid = 1;
    expect((await me({ 'x-unix-user': ME })).status).toBe(process.getuid?.() === 1 ? 200 : 401);
    expect((await me({ 'x-unix-user': 'daemon' })).status).toBe(200);
  });

  it('does not open the account of a local user of the same name', async () => {
    const { app } = await boot();
    const users = app.get(DataSource);
    await users.query('UPDATE users SET username = ?, usernameKey = ?', [ME, ME]);
    const reply = await me({ 'x-unix-user': ME });
    expect(reply.status).toBe(401);
    expect(jsonOf<Failure>(reply).error.message).toContain('belongs to another user');
  });

  it('is refused while the user is disabled', async () => {
    const { app } = await boot();
    await me({ 'x-unix-user': ME });
    await app.get(DataSource).query('UPDATE users SET disabled = true WHERE username = ?', [ME]);
    expect(jsonOf<Failure>(await me({ 'x-unix-user': ME })).error.message).toContain('disabled');
  });

  it('is refused where the method is off', async () => {
    await boot({ ATELIER_AUTH_METHODS: 'jwt' });
    expect(jsonOf<Failure>(await me({ 'x-unix-user': ME })).error.message).toBe(
      'This server takes no X-Unix-User.',
    );
  });
});

describe('X-Unix-User over TCP', () => {
  const asked = (headers: Record<string, string | string[]>): Promise<HttpReply> =>
    call(tcp, { path: '/api/auth/me', headers });

  it('is a forgery', async () => {
    await boot();
    const forgeries: Record<string, string>[] = [
      { 'x-unix-user': ME },
      { 'x-unix-user': ME, 'x-forwarded-for': '10.0.0.1' },
      { 'X-Unix-User': 'root' },
    ];
    for (const headers of forgeries) {
      const reply = await asked(headers);
      expect(reply.status).toBe(401);
      expect(codeOf(reply)).toBe('AUTH_REQUIRED');
    }
  });

  it('is believed from a trusted proxy, of names that can be one', async () => {
    await boot({ ATELIER_UNIX_USER_PROXIES: '127.0.0.0/8' });
    const reply = await asked({ 'x-unix-user': 'somebody-else' });
    expect(jsonOf(reply)).toMatchObject({ user: { username: 'somebody-else', role: 'user' } });
    expect((await asked({ 'x-unix-user': 'anonymous' })).status).toBe(401);
  });

  it.each(['../x', 'Root', 'root,', 'ro ot', 'root.', 'ROOT@machine', '0', `a${'b'.repeat(32)}`])(
    'is not believed of %j, also from a proxy that is trusted with it',
    async (name) => {
      await boot({ ATELIER_UNIX_USER_PROXIES: '127.0.0.1' });
      expect((await asked({ 'x-unix-user': name })).status).toBe(401);
    },
  );

  it('is not believed where it is sent twice, or with a tab that a parser left', async () => {
    const { app } = await boot({ ATELIER_UNIX_USER_PROXIES: '127.0.0.1' });
    expect((await asked({ 'x-unix-user': [ME, ME] })).status).toBe(401);
    const tab = await app.inject({ url: '/api/auth/me', headers: { 'x-unix-user': `${ME}\t` } });
    expect(tab.statusCode).toBe(401);
  });

  it('is not believed from a proxy that is trusted with X-Forwarded-For alone', async () => {
    await boot({ ATELIER_TRUSTED_PROXIES: '127.0.0.1', ATELIER_UNIX_USER_PROXIES: '10.0.0.1' });
    const forged = { 'x-unix-user': 'root', 'x-forwarded-for': '10.0.0.1' };
    expect((await asked(forged)).status).toBe(401);
  });

  it('is not believed from another address', async () => {
    await boot({ ATELIER_UNIX_USER_PROXIES: '10.0.0.0/8,::1' });
    const forged = { 'x-unix-user': ME, 'x-forwarded-for': '10.0.0.1' };
    expect((await asked(forged)).status).toBe(401);
  });
});

describe('a trusted proxy', () => {
  it('says which address a log in comes from, and nobody else does', async () => {
    const { app } = await boot({ ATELIER_TRUSTED_PROXIES: '127.0.0.1' });
    const body = { username: 'admin', password: ADMIN_PASSWORD };
    const headers = { 'x-forwarded-for': '192.0.2.9' };
    await call(tcp, { path: '/api/auth/login', headers, body });
    await overSocket({ path: '/api/auth/login', headers, body });
    const rows = (await app
      .get(DataSource)
      .query('SELECT address FROM sessions ORDER BY createdAt')) as { address: string }[];
    expect(rows.map(({ address }) => address)).toEqual(['192.0.2.9', `unix:${process.getuid?.()}`]);
  });
});

describe('a log in without a password', () => {
  const login = (base: string, username: string): Promise<HttpReply> =>
    call(base, { path: '/api/auth/login', body: { username } });

  it('gives the user at the other end of the socket a token that is good everywhere', async () => {
    await boot();
    const reply = await login(`unix:${path}`, ME);
    expect(reply.status).toBe(200);
    const { token, user } = jsonOf<{ token: string; user: object }>(reply);
    const headers = { authorization: `Bearer ${token}` };
    expect(jsonOf(await call(tcp, { path: '/api/auth/me', headers }))).toEqual({ user });
    const { sessions } = jsonOf<{ sessions: object[] }>(
      await call(tcp, { path: '/api/auth/sessions', headers }),
    );
    expect(sessions).toMatchObject([{ method: 'unix', current: true }]);
    const socket = io(tcp, { auth: { token }, forceNew: true, reconnection: false });
    try {
      await once(socket as never, 'connect');
    } finally {
      socket.close();
    }
  });

  it('gives nobody else one', async () => {
    await boot();
    const foreign = await login(`unix:${path}`, 'daemon');
    expect([foreign.status, codeOf(foreign)]).toEqual([401, 'INVALID_CREDENTIALS']);
    const distant = await login(tcp, ME);
    expect([distant.status, codeOf(distant)]).toEqual([400, 'VALIDATION_ERROR']);
  });
});

describe('the method unix', () => {
  it('without a way to come in stops the start', async () => {
    await expect(createTestApp({ env: { ATELIER_AUTH_METHODS: 'unix' } })).rejects.toThrow(
      'neither ATELIER_UNIX_SOCKET nor ATELIER_UNIX_USER_PROXIES',
    );
  });

  it('stops the start where the machine cannot be asked', async () => {
    machine.prepare = () => {
      throw new Error('no addon');
    };
    await expect(boot()).rejects.toThrow('no addon');
    await boot({ ATELIER_AUTH_METHODS: 'jwt' });
  });
});
