import { afterEach, describe, expect, it } from 'vitest';
import { ROLE_PERMISSIONS } from '../../src/auth/index.js';
import type { Environment } from '../../src/config/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { jobEnd, jobOf } from '../support/jobs.js';
import { temporaryFolder } from '../support/folder.js';

const servers: TestApp[] = [];

async function boot(env: Environment, dataDir?: string): Promise<TestApp> {
  const server = await createTestApp({ env, dataDir });
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

function me(server: TestApp, headers: Record<string, string> = {}): Promise<Reply> {
  return send(server.app, 'GET', '/api/auth/me', headers);
}

describe('the method none', () => {
  it('makes everybody a user, and one and the same', async () => {
    const server = await boot({ ATELIER_AUTH_METHODS: 'none' });
    const { status, body } = await me(server);
    expect(status).toBe(200);
    expect(body['user']).toMatchObject({
      username: 'anonymous',
      role: 'user',
      permissions: ROLE_PERMISSIONS.user,
    });
    expect((await me(server)).body).toEqual(body);
    expect((await send(server.app, 'GET', '/api/users')).status).toBe(403);
  });

  it('lets everybody draw', async () => {
    const server = await boot({ ATELIER_AUTH_METHODS: 'none,jwt' });
    const reply = await send(server.app, 'POST', '/api/generate/text2img', {}, { prompt: 'x' });
    expect(reply.status).toBe(202);
    const admin = await tokenOf(server.app);
    const id = reply.body['request_id'] as string;
    await jobEnd(server.app, admin, id);
    expect((await jobOf(server.app, admin, id)).status).toBe('completed');
  });

  it('makes everybody an administrator only on purpose', async () => {
    const server = await boot({ ATELIER_AUTH_METHODS: 'none', ATELIER_ANONYMOUS_ROLE: 'admin' });
    expect((await send(server.app, 'GET', '/api/users')).status).toBe(200);
  });

  it.each([
    ['a bad token', bearer('garbage')],
    ['a bad key', { 'x-api-key': 'garbage' }],
    ['a forged name', { 'x-unix-user': 'root' }],
    ['another kind of credential', { authorization: 'Basic YTpi' }],
  ])('still refuses %s', async (_, headers) => {
    const server = await boot({ ATELIER_AUTH_METHODS: 'none,jwt,api-key' });
    const reply = await me(server, headers);
    expect(errorOf(reply)).toMatchObject({ code: 'AUTH_REQUIRED', status_code: 401 });
  });

  it('leaves who logs in who they are', async () => {
    const server = await boot({ ATELIER_AUTH_METHODS: 'none,jwt' });
    const { body } = await me(server, bearer(await tokenOf(server.app)));
    expect(body['user']).toMatchObject({ username: 'admin', role: 'admin' });
  });

  it('has a user that only the configuration changes, and who does not count as an administrator', async () => {
    const server = await boot({
      ATELIER_AUTH_METHODS: 'none,jwt',
      ATELIER_ANONYMOUS_ROLE: 'admin',
    });
    const { body } = await me(server);
    const { id } = body['user'] as { id: string };
    const admin = await me(server, bearer(await tokenOf(server.app)));
    const { id: adminId } = admin.body['user'] as { id: string };
    const replies = [
      await send(server.app, 'PATCH', `/api/users/${id}`, {}, { role: 'user' }),
      await send(server.app, 'DELETE', `/api/users/${id}`),
      await send(server.app, 'POST', `/api/users/${id}/password`, {}, {}),
      await send(server.app, 'PATCH', `/api/users/${adminId}`, {}, { disabled: true }),
    ];
    expect(replies.map((reply) => [reply.status, errorOf(reply).code])).toEqual([
      [409, 'CONFIGURED_USER'],
      [409, 'CONFIGURED_USER'],
      [409, 'NO_LOCAL_PASSWORD'],
      [409, 'LAST_ADMIN'],
    ]);
  });

  it('takes back all that it gave when it is switched off', async () => {
    const folder = await temporaryFolder();
    try {
      const open = await boot({ ATELIER_AUTH_METHODS: 'none,api-key' }, folder.path);
      const { body } = await send(open.app, 'POST', '/api/auth/keys', {}, { name: 'k' });
      const key = { 'x-api-key': body['key'] as string };
      expect((await me(open, key)).status).toBe(200);
      const closed = await boot({ ATELIER_AUTH_METHODS: 'api-key' }, folder.path);
      expect((await me(closed)).status).toBe(401);
      expect(errorOf(await me(closed, key)).message).toContain('disabled');
      const again = await boot(
        { ATELIER_AUTH_METHODS: 'none,api-key', ATELIER_ANONYMOUS_ROLE: 'guest' },
        folder.path,
      );
      expect((await me(again)).status).toBe(403);
    } finally {
      for (const server of servers.splice(0)) await server.close();
      await folder.remove();
    }
  });
});
