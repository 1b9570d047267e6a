import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import {
  addUser,
  bearer,
  claimsOf,
  errorOf,
  login,
  send,
  tokenOf,
  type Reply,
} from '../support/auth.js';

describe('the last administrator', () => {
  let server: TestApp;
  let headers: Record<string, string>;
  let first: string;

  const ask = (method: 'PATCH' | 'DELETE', id: string, body?: object): Promise<Reply> =>
    send(server.app, method, `/api/users/${id}`, headers, body);

  beforeEach(async () => {
    server = await createTestApp();
    const token = await tokenOf(server.app);
    headers = bearer(token);
    first = claimsOf(token).sub;
  });

  afterEach(async () => {
    await server.close();
  });

  it('cannot be disabled, demoted or removed', async () => {
    const replies = [
      await ask('PATCH', first, { disabled: true }),
      await ask('PATCH', first, { role: 'user' }),
      await ask('PATCH', first, { role: 'admin', disabled: true }),
      await ask('DELETE', first),
    ];
    for (const reply of replies)
      expect(errorOf(reply)).toMatchObject({ code: 'LAST_ADMIN', status_code: 409 });
    expect((await send(server.app, 'GET', '/api/users', headers)).status).toBe(200);
  });

  it('is not made up for by one who is disabled', async () => {
    const second = await addUser(server.app, 'second', 'admin');
    await ask('PATCH', second, { disabled: true });
    expect((await ask('PATCH', first, { role: 'user' })).status).toBe(409);
    expect((await ask('DELETE', second)).status).toBe(200);
  });

  it('stays when several are taken away at the same time', async () => {
    const others = await Promise.all(
      ['b', 'c', 'd'].map((name) => addUser(server.app, name, 'admin')),
    );
    const replies = await Promise.all([
      ask('PATCH', first, { disabled: true }),
      ask('PATCH', others[0]!, { role: 'user' }),
      ask('DELETE', others[1]!),
      ask('PATCH', others[2]!, { disabled: true }),
    ]);
    // The first may lose its own right in the middle of it, which refuses the rest.
    expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(3);
    const left = await Promise.all(
      ['admin', 'b', 'c', 'd'].map(async (name) => {
        const { status, body } = await login(server.app, name);
        return status === 200 && (body['user'] as { role: string }).role === 'admin';
      }),
    );
    expect(left.filter(Boolean).length).toBeGreaterThanOrEqual(1);
  });
});
