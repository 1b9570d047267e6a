import { afterEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/index.js';
import { ADMIN_PASSWORD, createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, login, send, tokenOf, type Reply } from '../support/auth.js';
import { temporaryFolder } from '../support/folder.js';
import { FakeMachine } from '../support/fake-machine.js';

let server: TestApp;
let machine: FakeMachine;

async function boot(
  passwords: ConstructorParameters<typeof FakeMachine>[0],
  env: Environment = {},
): Promise<void> {
  machine = new FakeMachine(passwords);
  server = await createTestApp({
    machine,
    env: { ATELIER_AUTH_METHODS: 'jwt,pam', ATELIER_PAM_SERVICE: 'studio', ...env },
  });
}

afterEach(async () => {
  await server.close();
});

function me(token: string): Promise<Reply> {
  return send(server.app, 'GET', '/api/auth/me', bearer(token));
}

describe('the method pam', () => {
  it('makes a user at the first log in, with the configured role, and knows them later', async () => {
    await boot({ linda: 'hers' }, { ATELIER_PAM_ROLE: 'admin' });
    const first = await login(server.app, 'linda', 'hers');
    expect(first).toMatchObject({
      status: 200,
      body: { user: { username: 'linda', role: 'admin' }, message: 'Login successful' },
    });
    expect(machine.asked).toEqual([['studio', 'linda']]);
    const second = await login(server.app, 'linda', 'hers');
    expect(second.body['user']).toEqual(first.body['user']);
    expect((await me(second.body['token'] as string)).body).toEqual({ user: first.body['user'] });
    const admin = bearer(await tokenOf(server.app));
    const { body } = await send(server.app, 'GET', '/api/users?origin=machine', admin);
    expect(body['users']).toMatchObject([{ username: 'linda', origin: 'machine' }]);
    const log = await send(server.app, 'GET', '/api/audit?action=user.created', admin);
    expect(log.body['entries']).toMatchObject([{ actor: { username: 'linda', via: 'pam' } }]);
  });

  it('makes those accounts administrators that the configuration names, and no others', async () => {
    await boot(
      { linda: 'hers', Linus: 'his', linus: 'not his' },
      { ATELIER_AUTH_METHODS: 'pam', ATELIER_MACHINE_ADMINS: 'linda, linus' },
    );
    const roleOf = async (name: string, password: string): Promise<unknown> =>
      ((await login(server.app, name, password)).body['user'] as { role: string }).role;
    expect(await roleOf('linda', 'hers')).toBe('admin');
    expect(await roleOf('Linus', 'his')).toBe('user');
  });

  it('makes an account an administrator at the start that was a user before it was named', async () => {
    const folder = await temporaryFolder();
    const start = async (env: Environment): Promise<TestApp> =>
      createTestApp({
        dataDir: folder.path,
        machine: new FakeMachine({ linda: 'hers' }),
        env: { ATELIER_AUTH_METHODS: 'jwt,pam', ...env },
      });
    try {
      server = await start({});
      expect((await login(server.app, 'linda', 'hers')).body['user']).toMatchObject({
        role: 'user',
      });
      await server.close();
      server = await start({ ATELIER_MACHINE_ADMINS: 'linda,admin' });
      const admin = await login(server.app, 'linda', 'hers');
      expect(admin.body['user']).toMatchObject({ role: 'admin' });
      const headers = bearer(admin.body['token'] as string);
      const log = await send(server.app, 'GET', '/api/audit?action=user.updated', headers);
      expect(log.body['entries']).toMatchObject([
        { target: { name: 'linda' }, details: { role: 'admin' }, address: 'start' },
      ]);
    } finally {
      await folder.remove();
    }
  });

  it('says the same of a wrong password, an unknown account, and one that is disabled here', async () => {
    await boot({ linda: 'hers' });
    const { body } = await login(server.app, 'linda', 'hers');
    const admin = bearer(await tokenOf(server.app));
    const { id } = body['user'] as { id: string };
    const replies = [
      await login(server.app, 'linda', 'wrong'),
      await login(server.app, 'nobody', 'hers'),
    ];
    await send(server.app, 'PATCH', `/api/users/${id}`, admin, { disabled: true });
    replies.push(await login(server.app, 'linda', 'hers'));
    for (const reply of replies) {
      expect(errorOf(reply)).toMatchObject({
        code: 'INVALID_CREDENTIALS',
        message: 'Unknown username or wrong password.',
      });
    }
  });

  it('is never asked about a local user, in whatever case the name is written', async () => {
    await boot({ admin: 'of the machine', ann: 'of the machine', Ann: 'of the machine' });
    await addUser(server.app, 'ann', 'user');
    for (const name of ['admin', 'ann', 'Ann'])
      expect((await login(server.app, name, 'of the machine')).status).toBe(401);
    expect(machine.asked).toEqual([]);
    expect((await login(server.app, 'ann')).status).toBe(200);
  });

  it('does not take two accounts for one that differ in their case', async () => {
    await boot({ linda: 'hers', Linda: 'another' });
    expect((await login(server.app, 'linda', 'hers')).status).toBe(200);
    expect((await login(server.app, 'Linda', 'another')).status).toBe(401);
  });

  it.each(['-x', '../etc', 'a b', 'a\nb', 'a:b', 'é'])(
    'is not asked about %j, which is no account name',
    async (name) => {
      await boot({ [name]: 'x' });
      expect((await login(server.app, name, 'x')).status).toBe(401);
      expect(machine.asked).toEqual([]);
    },
  );

  it('brakes who guesses', async () => {
    await boot({ linda: 'hers' });
    for (let attempt = 0; attempt < 10; attempt += 1)
      await login(server.app, 'linda', `guess ${attempt}`);
    expect((await login(server.app, 'linda', 'hers')).status).toBe(429);
    expect(machine.asked).toHaveLength(10);
  });

  it('makes one user of many first log ins at the same time', async () => {
    await boot({ linda: 'hers' }, { ATELIER_TRUSTED_PROXIES: '127.0.0.1' });
    const clients = Array.from({ length: 6 }, (_, index) => ({
      'x-forwarded-for': `10.0.0.${index}`,
    }));
    const replies = await Promise.all(
      clients.map((headers) => login(server.app, 'linda', 'hers', headers)),
    );
    const ids = replies.map(({ body }) => (body['user'] as { id: string }).id);
    expect(new Set(ids).size).toBe(1);
  });

  it('that cannot be asked is a fault of the server, not of the caller', async () => {
    await boot({ linda: () => Promise.reject(new Error('no service file')) });
    const reply = await login(server.app, 'linda', 'hers');
    expect(errorOf(reply)).toMatchObject({ code: 'LOGIN_UNAVAILABLE', status_code: 503 });
    expect(reply.headers['retry-after']).toBe('5');
    expect(JSON.stringify(reply.body)).not.toContain('service file');
  });

  it('is given up after its time, and not asked too much at a time', async () => {
    const { promise: never, resolve: end } = Promise.withResolvers<boolean>();
    const stuck = Array.from({ length: 17 }, (_, index) => `user${index}`);
    await boot(Object.fromEntries(stuck.map((name) => [name, () => never])), {
      ATELIER_PAM_TIMEOUT_SECONDS: '1',
      ATELIER_TRUSTED_PROXIES: '127.0.0.1',
    });
    const replies = await Promise.all(
      stuck.map((name, index) =>
        login(server.app, name, 'x', { 'x-forwarded-for': `10.0.0.${index}` }),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual(stuck.map(() => 503));
    expect(machine.asked).toHaveLength(16);
    expect((await login(server.app, 'user1', 'x')).status).toBe(503);
    expect(machine.asked).toHaveLength(16);
    end(false);
    await never;
    expect((await login(server.app, 'admin')).status).toBe(200);
    expect((await login(server.app, 'user1', 'x')).status).toBe(401);
  });

  it('keeps no password that could be changed here', async () => {
    await boot({ linda: 'hers' });
    const { body } = await login(server.app, 'linda', 'hers');
    const { id } = body['user'] as { id: string };
    const own = await send(
      server.app,
      'POST',
      '/api/auth/password',
      bearer(body['token'] as string),
      { current_password: 'hers', new_password: 'another one' },
    );
    const admin = bearer(await tokenOf(server.app));
    const reset = await send(server.app, 'POST', `/api/users/${id}/password`, admin, {});
    for (const reply of [own, reset])
      expect(errorOf(reply)).toMatchObject({ code: 'NO_LOCAL_PASSWORD', status_code: 409 });
  });
});

describe('a method that is switched off', () => {
  it('takes the log ins with it that were made by it', async () => {
    await boot({ linda: 'hers' });
    const { body } = await login(server.app, 'linda', 'hers');
    const local = await tokenOf(server.app);
    const statuses = async (env: Environment): Promise<number[]> => {
      const other = await createTestApp({ dataDir: server.dataDir, machine, env });
      try {
        const tokens = [body['token'] as string, local];
        return await Promise.all(
          tokens.map(async (token) => {
            const reply = await send(other.app, 'GET', '/api/auth/me', bearer(token));
            return reply.status;
          }),
        );
      } finally {
        await other.close();
      }
    };
    expect(await statuses({ ATELIER_AUTH_METHODS: 'jwt' })).toEqual([401, 200]);
    expect(await statuses({ ATELIER_AUTH_METHODS: 'pam' })).toEqual([200, 401]);
  });

  it('leaves the other passwords good', async () => {
    await boot({ linda: 'hers' }, { ATELIER_AUTH_METHODS: 'pam' });
    expect((await login(server.app, 'linda', 'hers')).status).toBe(200);
    expect((await login(server.app, 'admin', ADMIN_PASSWORD)).status).toBe(401);
  });

  it('leaves no password where both are off', async () => {
    await boot({ linda: 'hers' }, { ATELIER_AUTH_METHODS: 'api-key' });
    expect(errorOf(await login(server.app, 'linda', 'hers'))).toMatchObject({
      code: 'LOGIN_DISABLED',
      status_code: 403,
    });
  });
});
