import { io, type Socket } from 'socket.io-client';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import type { JobUpdate } from '../../src/events/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, claimsOf, send, tokenOf } from '../support/auth.js';
import { jobEnd, submitted } from '../support/jobs.js';

let server: TestApp;
let address: string;
const sockets: Socket[] = [];

beforeEach(async () => {
  server = await createTestApp({ engine: FakeEngine.slow(5) });
  await addUser(server.app, 'anna', 'user');
  await addUser(server.app, 'bert', 'user');
  address = await server.listen();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await server.close();
});

/** The arguments of the next event of this name. */
function next<T extends unknown[]>(socket: Socket, event: string): Promise<T> {
  return new Promise((resolve) => {
    socket.once(event, (...given: unknown[]) => resolve(given as T));
  });
}

interface Watcher {
  socket: Socket;
  updates: JobUpdate[];
  /** Settles when the job has ended for this watcher. */
  end(id: string): Promise<void>;
}

async function watch(credential: string | object): Promise<Watcher> {
  const auth = typeof credential === 'string' ? { token: credential } : credential;
  const socket = io(address, { auth, forceNew: true, reconnection: false });
  sockets.push(socket);
  const updates: JobUpdate[] = [];
  socket.on('job_update', (update: JobUpdate) => updates.push(update));
  await next(socket, 'connect');
  const isEnd = (id: string) => (update: JobUpdate) =>
    update.job_id === id && update.status === 'completed';
  return {
    socket,
    updates,
    async end(id) {
      while (!updates.some(isEnd(id))) await next(socket, 'job_update');
    },
  };
}

async function refused(
  auth: object,
  extraHeaders = {},
): Promise<{ message: string; data: { code: string } }> {
  const socket = io(address, { auth, extraHeaders, forceNew: true, reconnection: false });
  sockets.push(socket);
  const [error] = await next<[{ message: string; data: { code: string } }]>(
    socket,
    'connect_error',
  );
  return error;
}

describe('a socket', () => {
  it.each([{}, { token: 'nonsense' }, { token: 5 }, { apiKey: 'nonsense' }, { apiKey: 5 }])(
    'is refused with %j',
    async (auth) => {
      expect((await refused(auth)).data.code).toBe('AUTH_REQUIRED');
    },
  );

  it('is open to the token in a header too', async () => {
    const token = await tokenOf(server.app, 'anna');
    const socket = io(address, {
      extraHeaders: bearer(token),
      forceNew: true,
      reconnection: false,
    });
    sockets.push(socket);
    await next(socket, 'connect');
    expect(socket.connected).toBe(true);
  });

  it('is closed when its token expires', async () => {
    const token = await tokenOf(server.app, 'anna');
    const { sid } = claimsOf(token);
    const sessions = server.app.get(DataSource);
    await sessions.query('UPDATE sessions SET expiresAt = ? WHERE id = ?', [Date.now() + 500, sid]);
    const { socket } = await watch(token);
    await next(socket, 'disconnect');
    expect((await refused({ token })).message).toContain('expired');
  });

  it('is closed when its session is logged out', async () => {
    const token = await tokenOf(server.app, 'anna');
    const { socket } = await watch(token);
    const closed = next(socket, 'disconnect');
    await send(server.app, 'POST', '/api/auth/logout', bearer(token));
    await closed;
    expect((await refused({ token })).data.code).toBe('AUTH_REQUIRED');
  });
});

describe('a socket with an API key', () => {
  async function keyOf(
    name: string,
  ): Promise<{ key: string; id: string; headers: Record<string, string> }> {
    const headers = bearer(await tokenOf(server.app, name));
    const { body } = await send(server.app, 'POST', '/api/auth/keys', headers, { name: 'feed' });
    const { id } = body['api_key'] as { id: string };
    return { key: body['key'] as string, id, headers };
  }

  it('is open to it under either name and in a header', async () => {
    const { key } = await keyOf('anna');
    const token = await tokenOf(server.app, 'anna');
    const watchers = [await watch({ apiKey: key }), await watch({ token: key })];
    const socket = io(address, {
      extraHeaders: { 'x-api-key': key },
      forceNew: true,
      reconnection: false,
    });
    sockets.push(socket);
    await next(socket, 'connect');
    const id = await submitted(server.app, token, { prompt: 'x' });
    for (const watcher of watchers) {
      await watcher.end(id);
      expect(watcher.updates[0]).toMatchObject({ job_id: id, status: 'queued' });
    }
    expect(socket.connected).toBe(true);
  });

  it('is closed when the key is revoked', async () => {
    const { key, id, headers } = await keyOf('anna');
    const { socket } = await watch({ apiKey: key });
    const closed = next(socket, 'disconnect');
    await send(server.app, 'DELETE', `/api/auth/keys/${id}`, headers);
    await closed;
    expect((await refused({ apiKey: key })).message).toBe('This API key was revoked.');
  });

  it('sees the jobs of all only with the scope for it', async () => {
    const headers = bearer(await tokenOf(server.app));
    const { body } = await send(server.app, 'POST', '/api/auth/keys', headers, {
      name: 'narrow',
      scopes: ['job:read'],
    });
    const narrow = await watch({ apiKey: body['key'] });
    const wide = await watch(await tokenOf(server.app));
    const id = await submitted(server.app, await tokenOf(server.app, 'anna'), { prompt: 'x' });
    await wide.end(id);
    const own = await submitted(server.app, await tokenOf(server.app), { prompt: 'y' });
    await narrow.end(own);
    expect(new Set(narrow.updates.map(({ job_id }) => job_id))).toEqual(new Set([own]));
  });
});

describe("a socket whose user's permissions change", () => {
  it('is closed, and may come again with what they are now', async () => {
    const admin = bearer(await tokenOf(server.app));
    const token = await tokenOf(server.app, 'anna');
    const { sub } = claimsOf(token);
    const { socket } = await watch(token);
    const closed = next(socket, 'disconnect');
    await send(server.app, 'PATCH', `/api/users/${sub}`, admin, { role: 'admin' });
    await closed;
    const again = await watch(token);
    const id = await submitted(server.app, await tokenOf(server.app, 'bert'), { prompt: 'x' });
    await again.end(id);
    expect(again.updates[0]).toMatchObject({ job_id: id });
  });
});

describe('job_update', () => {
  it('tells a job from its acceptance to its end, step by step, with previews', async () => {
    const token = await tokenOf(server.app, 'anna');
    const watcher = await watch(token);
    const id = await submitted(server.app, token, { prompt: 'x', steps: 6, seed: 1 });
    await watcher.end(id);
    const { updates } = watcher;
    expect(updates[0]).toMatchObject({ job_id: id, status: 'queued', position: 1, progress: 0 });
    expect(updates.at(-1)).toMatchObject({
      status: 'completed',
      progress: 1,
      current_step: 6,
      time_remaining: 0,
    });
    const steps = updates.filter(({ phase, preview }) => phase === 'sampling' && !preview);
    expect(steps.map(({ current_step }) => current_step)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { total_steps, time_elapsed } of steps) {
      expect(total_steps).toBe(6);
      expect(time_elapsed).toBeGreaterThanOrEqual(0);
    }
    expect(steps[3]!.time_remaining).toBeGreaterThan(0);
    expect(steps[3]!.speed).toBeGreaterThan(0);
    expect(updates.some(({ preview }) => preview?.startsWith('data:image/jpeg;base64,'))).toBe(
      true,
    );
  });

  it('reaches its owner and administrators, and nobody else', async () => {
    const [anna, bert, admin] = await Promise.all(
      ['anna', 'bert', 'admin'].map((name) => tokenOf(server.app, name)),
    );
    const watchers = [await watch(anna!), await watch(bert!), await watch(admin!)] as const;
    const id = await submitted(server.app, anna!, { prompt: 'x' });
    await Promise.all([watchers[0].end(id), watchers[2].end(id)]);
    const own = await submitted(server.app, bert!, { prompt: 'y' });
    await watchers[1].end(own);
    expect(new Set(watchers[0].updates.map(({ job_id }) => job_id))).toEqual(new Set([id]));
    expect(new Set(watchers[1].updates.map(({ job_id }) => job_id))).toEqual(new Set([own]));
    expect(new Set(watchers[2].updates.map(({ job_id }) => job_id))).toEqual(new Set([id, own]));
  });

  it('asks for no previews when nobody is watching', async () => {
    const engine = FakeEngine.instant();
    const alone = await createTestApp({ engine });
    try {
      const token = await tokenOf(alone.app);
      await jobEnd(alone.app, token, await submitted(alone.app, token));
      expect(engine.requests[0]!.preview).toBeUndefined();
    } finally {
      await alone.close();
    }
  });
});
