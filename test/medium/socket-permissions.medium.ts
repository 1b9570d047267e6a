import { io, type Socket } from 'socket.io-client';
import { DataSource } from 'typeorm';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  EVENT_PERMISSIONS,
  mayHear,
  PERMISSIONS,
  ROLE_PERMISSIONS,
  ROLES,
  User,
  type EventName,
  type Permission,
  type Principal,
} from '../../src/auth/index.js';
import { Audience, EventBus, type JobUpdate } from '../../src/events/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, tokenOf } from '../support/auth.js';
import { createKey } from '../support/keys.js';
import { storeJob } from '../support/stored-job.js';
import { until } from '../support/until.js';

const CORE_EVENTS: readonly EventName[] = ['job_update', 'queue_update', 'system_update'];
const SDCPP_EVENTS = (Object.keys(EVENT_PERMISSIONS) as EventName[]).filter(
  (event) => !CORE_EVENTS.includes(event),
);

const IDLE: Omit<JobUpdate, 'job_id' | 'status'> = {
  progress: 0,
  current_step: 0,
  total_steps: 4,
  time_elapsed: 0,
  time_remaining: null,
  speed: null,
};

interface Caller {
  name: string;
  userId: string;
  permissions: readonly Permission[];
  auth: { token: string } | { apiKey: string };
}

/** All that one caller was told, by each of the three connections. */
interface Ears {
  io: Socket;
  sockets: WebSocket[];
  heard: Record<'io' | 'ws' | 'sdcpp', { event: string; text: string }[]>;
}

let server: TestApp;
let base: string;
let callers: Caller[];
const everybody = new Map<Caller, Ears>();

beforeAll(async () => {
  // The keys of one user, all at once.
  server = await createTestApp({
    env: { ATELIER_SOCKETS_PER_USER: '500', ATELIER_SOCKETS_PER_ADDRESS: '500' },
  });
  base = await server.listen();
  const admin = bearer(await tokenOf(server.app));
  const users = server.app.get(DataSource).getRepository(User);
  const { id: adminId } = await users.findOneByOrFail({ usernameKey: 'admin' });
  callers = [];
  for (const role of ROLES) {
    const userId = await addUser(server.app, `the-${role}`, role);
    const auth = { token: await tokenOf(server.app, `the-${role}`) };
    callers.push({ name: `the role ${role}`, userId, permissions: ROLE_PERMISSIONS[role], auth });
  }
  const scopes: Permission[][] = [...PERMISSIONS.map((one) => [one]), ['job:read', 'model:manage']];
  for (const permissions of scopes) {
    const { key } = await createKey(server.app, admin, { scopes: permissions });
    const name = `a key with ${permissions.join(' and ')}`;
    callers.push({ name, userId: adminId, permissions, auth: { apiKey: key } });
  }
  for (const caller of callers) everybody.set(caller, await listen(caller));
  await tellAll([...new Set(callers.map(({ userId }) => userId))]);
});

afterAll(async () => {
  for (const ears of everybody.values()) {
    ears.io.disconnect();
    for (const socket of ears.sockets) socket.terminate();
  }
  await server.close();
});

async function listen({ auth }: Caller): Promise<Ears> {
  const heard: Ears['heard'] = { io: [], ws: [], sdcpp: [] };
  const client = io(base, { auth, transports: ['websocket'], forceNew: true, reconnection: false });
  client.onAny((event: string, data) => heard.io.push({ event, text: JSON.stringify(data) }));
  const secret = 'token' in auth ? auth.token : auth.apiKey;
  const headers = bearer(secret);
  const ws = new WebSocket(`${base.replace('http', 'ws')}/ws`, { headers });
  const sdcpp = new WebSocket(`${base.replace('http', 'ws')}/sdcpp/ws`, { headers });
  ws.on('message', (data) => {
    const text = (data as Buffer).toString();
    heard.ws.push({ event: (JSON.parse(text) as { type: string }).type, text });
  });
  sdcpp.on('message', (data) => {
    const text = (data as Buffer).toString();
    heard.sdcpp.push({ event: (JSON.parse(text) as { event: string }).event, text });
  });
  await Promise.all([
    new Promise((resolve) => client.once('connect', () => resolve(undefined))),
    ...[ws, sdcpp].map((one) => new Promise((resolve) => one.once('open', resolve))),
  ]);
  return { io: client, sockets: [ws, sdcpp], heard };
}

const jobs: { id: string; ownerId: string; kind: string }[] = [];

/** Everything that can be told, of a job of each family of kinds of each of these users. */
async function tellAll(userIds: string[]): Promise<void> {
  const bus = server.app.get(EventBus);
  for (const ownerId of userIds) {
    for (const kind of ['text2img', 'load', 'download']) {
      const id = await storeJob(server.app, {
        ownerId,
        kind,
        state: 'processing',
        title: 'secret',
      });
      jobs.push({ id, ownerId, kind });
      for (const fill of [
        { status: 'queued' },
        { status: 'processing' },
        { status: 'processing', current_step: 1 },
        { status: 'processing', preview: 'data:image/jpeg;base64,AAAA' },
        { status: 'cancelled' },
      ] as const) {
        bus.emit('job.updated', { ownerId, kind, update: { ...IDLE, job_id: id, ...fill } });
        // What is told of a move is looked up before.
        await new Promise((resolve) => setImmediate(resolve));
      }
      bus.emit('job.deleted', { ownerId, kind, jobId: id, restorable: true });
      bus.emit('job.restored', { ownerId, kind, jobId: id, status: 'cancelled' });
    }
  }
  bus.emit('queue.changed', { size: 1, active_generations: 0, running: true });
  bus.emit('model.idle', { id: 'x', name: 'x', use: 'drawing', idleSeconds: 1 });
  // Told to everybody, last of all.
  bus.emit('system.told', {
    server: { running: true, host: 'x', port: 1 },
    generation_queue: { running: true, queue_size: 1, active_generations: 0 },
    models: { loaded_count: 0, available_count: 0 },
  });
  for (const { heard, sockets } of everybody.values()) {
    const [, sdcpp] = sockets;
    await until('the last event', 10_000, () =>
      [heard.io, heard.ws].every((one) => one.some(({ event }) => event === 'system_update')),
    );
    // The moves of jobs are told one after the other; the last of them tells of the last job.
    await until('what is told of jobs', 10_000, async () => {
      sdcpp?.send('{"type":"ping"}');
      await new Promise((resolve) => sdcpp?.once('message', resolve));
      return heard.sdcpp.some(({ event }) => event === 'pong');
    });
  }
}

function principal({ userId, permissions }: Caller): Principal {
  return { userId, username: 'x', role: 'user', permissions, via: 'api-key' };
}

describe('a live connection', () => {
  it('tells every event to those who may hear it, and to nobody else', () => {
    const wrong: unknown[] = [];
    for (const [caller, { heard }] of everybody) {
      for (const [way, events] of [
        ['io', CORE_EVENTS],
        ['ws', CORE_EVENTS],
        ['sdcpp', SDCPP_EVENTS],
      ] as const) {
        const told = new Set(heard[way].map(({ event }) => event));
        const stray = [...told].filter((event) => !events.includes(event as EventName));
        if (stray.length > 0) wrong.push({ caller: caller.name, way, stray });
        for (const event of events) {
          const may = mayHear(principal(caller), event);
          if (told.has(event) && !may) wrong.push({ caller: caller.name, way, event, told: true });
          // Others of sdcpp's are told only in their own time.
          if (way !== 'sdcpp' && may && !told.has(event))
            wrong.push({ caller: caller.name, way, event, told: false });
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('tells of a job those who may read its kind, and its user or everybody', () => {
    const wrong: unknown[] = [];
    for (const [{ name, userId, permissions }, { heard }] of everybody) {
      for (const { id, ownerId, kind } of jobs) {
        const may =
          permissions.includes('job:read') &&
          (kind !== 'download' || permissions.includes('model:manage'));
        const all = permissions.includes('job:read_all');
        const expected = {
          io: may && (ownerId === userId || all),
          ws: may && (ownerId === userId || all),
          // That API knows no jobs of others, no downloads, and loads as news of models.
          sdcpp: may && ownerId === userId && kind === 'text2img',
        };
        for (const way of ['io', 'ws', 'sdcpp'] as const) {
          const told = heard[way].some(({ text }) => text.includes(id));
          // sdcpp tells that a download was deleted.
          if (way === 'sdcpp' && kind !== 'text2img' && told && may && ownerId === userId) continue;
          if (told !== expected[way])
            wrong.push({ name, way, kind, own: ownerId === userId, told });
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('shows previews to nobody who may not read jobs, and makes none for them', async () => {
    for (const [{ permissions, name }, { heard }] of everybody) {
      const shown = [heard.io, heard.ws].map((one) => one.some(({ text }) => /AAAA/.test(text)));
      const may = permissions.includes('job:read');
      expect({ name, shown }).toEqual({ name, shown: [may, may] });
    }
    for (const [{ permissions }, ears] of everybody) {
      if (!permissions.includes('job:read')) continue;
      ears.io.disconnect();
      for (const socket of ears.sockets) socket.terminate();
    }
    const audience = server.app.get(Audience);
    await until('the end of those who see jobs', 10_000, () => !audience.isThere);
  });
});
