import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { call, jsonOf, type HttpReply } from '../support/client.js';
import { envelopeOf } from '../support/envelope.js';
import { curlAs, machineUsers, noMachineUsers, pamService } from '../support/machine-user.js';
import { sharedServer } from '../support/server.js';

const reason = noMachineUsers();
if (reason) process.stderr.write(`The machine's accounts are left out: ${reason}.\n`);

interface LoggedIn {
  token: string;
  user: { id: string; username: string; role: string };
}

describe.skipIf(reason !== undefined)('the accounts of this machine', () => {
  const service = pamService();
  const users = machineUsers();
  const folder = mkdtempSync(join(tmpdir(), 'atelier-socket-'));
  const socket = join(folder, 'atelier.sock');
  chmodSync(folder, 0o755);
  const server = sharedServer({
    env: {
      ATELIER_AUTH_METHODS: 'jwt,pam,unix',
      ATELIER_PAM_SERVICE: service,
      ATELIER_UNIX_SOCKET: socket,
      ATELIER_LOG_LEVEL: 'debug',
    },
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  function login(username: string, password?: string): Promise<HttpReply> {
    return call(server().url, { path: '/api/auth/login', body: { username, password } });
  }

  function me(headers: Record<string, string>): Promise<HttpReply> {
    return call(server().url, { path: '/api/auth/me', headers });
  }

  describe('by their password, through PAM', () => {
    it('come in, as a user who is made at the first time', async () => {
      const [{ name, password }] = users();
      const first = await login(name, password);
      expect(first.status).toBe(200);
      const { token, user } = jsonOf<LoggedIn>(first);
      expect(user).toMatchObject({ username: name, role: 'user' });
      expect(jsonOf(await me({ authorization: `Bearer ${token}` }))).toEqual({ user });
      expect(jsonOf<LoggedIn>(await login(name, password)).user).toEqual(user);
    });

    it('do not with a wrong one, nor does an account that is none', async () => {
      const [{ name, password }] = users();
      for (const [username, guess] of [
        [name, `${password}x`],
        [name, 'x'],
        [`${name}x`, password],
      ] as const) {
        const reply = await login(username, guess);
        expect(reply.status).toBe(401);
        expect(envelopeOf(reply).code).toBe('INVALID_CREDENTIALS');
      }
    });

    it('leave the users of the server their own passwords', async () => {
      expect((await server().login('admin')).token).not.toBe('');
    });
  });

  describe('by their process, over the Unix socket', () => {
    const over = (path: string, ...args: string[]): string[] => [
      ...args,
      '--unix-socket',
      socket,
      `http://localhost${path}`,
    ];

    it('come in under their own name, from a process of their own', async () => {
      const [, second] = users();
      const reply = await curlAs(
        second,
        over('/api/auth/me', '--header', `X-Unix-User: ${second.name}`),
      );
      expect(reply).toMatchObject({
        status: 200,
        body: { user: { username: second.name, role: 'user' } },
      });
    });

    it('do not under the name of another, were it root', async () => {
      const [first, second] = users();
      for (const name of [first.name, 'root', 'admin', String(first.uid)]) {
        const reply = await curlAs(
          second,
          over('/api/auth/me', '--header', `X-Unix-User: ${name}`),
        );
        expect(reply).toMatchObject({ status: 401, body: { error: { code: 'AUTH_REQUIRED' } } });
      }
    });

    it('get a token without a password, which is good over TCP', async () => {
      const [first, second] = users();
      const ask = (username: string): Promise<{ status: number; body: unknown }> =>
        curlAs(second, over('/api/auth/login', '--json', JSON.stringify({ username })));
      const own = await ask(second.name);
      expect(own.status).toBe(200);
      const { token, user } = own.body as LoggedIn;
      expect(jsonOf(await me({ authorization: `Bearer ${token}` }))).toEqual({ user });
      expect(await ask(first.name)).toMatchObject({
        status: 401,
        body: { error: { code: 'INVALID_CREDENTIALS' } },
      });
    });

    it('are nobody without a name', async () => {
      const [, second] = users();
      expect((await curlAs(second, over('/api/auth/me'))).status).toBe(401);
    });
  });

  describe('by a forged header over TCP', () => {
    it('do not come in, whoever sends it', async () => {
      const [first, second] = users();
      for (const name of [first.name, 'root', 'admin']) {
        const reply = await me({ 'x-unix-user': name });
        expect(reply.status).toBe(401);
        expect(envelopeOf(reply).code).toBe('AUTH_REQUIRED');
      }
      const own = await curlAs(second, [
        '--header',
        `X-Unix-User: ${second.name}`,
        `${server().url}/api/auth/me`,
      ]);
      expect(own).toMatchObject({ status: 401, body: { error: { code: 'AUTH_REQUIRED' } } });
    });
  });

  it('leave no password, token or forged name in the log', async () => {
    const [{ name, password }] = users();
    const { token } = jsonOf<LoggedIn>(await login(name, password));
    await me({ 'x-unix-user': 'forged-name' });
    await me({ 'x-api-key': 'atk_abcdefghij_forged' });
    await me({ authorization: `Bearer ${token}x` });
    for (const secret of [password, token, 'forged-name', 'atk_abcdefghij_forged'])
      expect(server().log).not.toContain(secret);
  });
});
