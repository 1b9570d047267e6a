import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  JOB_OPERATIONS,
  JOB_PERMISSIONS,
  PERMISSIONS,
  ROLE_PERMISSIONS,
  ROLES,
  User,
  type JobOperation,
  type Permission,
  type Principal,
} from '../../src/auth/index.js';
import {
  HistoryService,
  JobAccess,
  OwnJobs,
  QueueService,
  RecycleBin,
  type RunningJob,
} from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, send, tokenOf, type Reply } from '../support/auth.js';
import { createKey, withKey } from '../support/keys.js';
import { jobEnd } from '../support/jobs.js';
import { storeJob } from '../support/stored-job.js';
import { until } from '../support/until.js';

const MODEL_KINDS = ['download', 'hash', 'convert'];
const GENERATION_KINDS = [
  'text2img',
  'img2img',
  'inpainting',
  'controlnet',
  'upscale',
  'text2video',
  'load',
];

let server: TestApp;
let adminId: string;
let admin: Record<string, string>;

beforeAll(async () => {
  server = await createTestApp({ env: { ATELIER_FILES_AT_ONCE: '1' } });
  admin = bearer(await tokenOf(server.app));
  const { id } = await server.app
    .get(DataSource)
    .getRepository(User)
    .findOneByOrFail({ usernameKey: 'admin' });
  adminId = id;
});

afterAll(() => server.close());

function permissionsOf(kind: string): Record<JobOperation, Permission> {
  return JOB_PERMISSIONS[MODEL_KINDS.includes(kind) ? 'modelFiles' : 'generation'];
}

/** The owner of the jobs, with a credential that holds this and no more. */
function holder(permissions: readonly Permission[]): Principal {
  return { userId: adminId, username: 'admin', role: 'admin', permissions, via: 'api-key' };
}

/** Everybody there is: the roles, and keys with one scope or all but one. */
const CALLERS: { name: string; permissions: readonly Permission[] }[] = [
  ...ROLES.map((role) => ({ name: `the role ${role}`, permissions: ROLE_PERMISSIONS[role] })),
  ...PERMISSIONS.flatMap((scope) => [
    { name: `only ${scope}`, permissions: [scope] },
    { name: `all but ${scope}`, permissions: PERMISSIONS.filter((one) => one !== scope) },
  ]),
];

/** What is answered to each operation on a job of this kind: nothing where it was done, else the code. */
async function attempt(
  operation: JobOperation,
  principal: Principal,
  kind: string,
): Promise<string | undefined> {
  const { app } = server;
  const queue = app.get(QueueService);
  const state = operation === 'cancel' ? 'queued' : 'failed';
  // Not to be begun: it waits for a job that never ends.
  const waits = { state, blocked: true, attempts: 0, failure: null, finishedAt: null } as const;
  const id = await storeJob(app, {
    ownerId: adminId,
    kind,
    ...(operation === 'cancel' ? waits : {}),
  });
  const does: Record<JobOperation, () => Promise<unknown>> = {
    create: () => {
      app.get(JobAccess).assert(principal, 'create', kind);
      return Promise.resolve();
    },
    read: () => queue.job(principal, id),
    cancel: () => queue.cancel(principal, id),
    // One that could be retried, but for its state: nothing is begun.
    retry: async () => {
      await app
        .get(DataSource)
        .query(`UPDATE "jobs" SET "state" = 'completed' WHERE "id" = ?`, [id]);
      await queue.retry(principal, id).catch((error: { code: string }) => {
        if (error.code !== 'JOB_NOT_RETRYABLE') throw error;
      });
    },
    delete: () => app.get(RecycleBin).delete(principal, id),
  };
  try {
    await does[operation]();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('the permissions of jobs', () => {
  it('are told for every kind that there is', () => {
    expect(server.app.get(JobAccess).all.toSorted()).toEqual(
      [...GENERATION_KINDS, ...MODEL_KINDS].toSorted(),
    );
  });

  it.each(CALLERS)('hold for every kind and operation: $name', async ({ permissions }) => {
    const wrong: unknown[] = [];
    for (const kind of [...MODEL_KINDS, 'text2img', 'load']) {
      const needed = permissionsOf(kind);
      const makes = permissions.includes(needed.create);
      const sees = makes || permissions.includes(needed.read);
      for (const operation of JOB_OPERATIONS) {
        const maker = makes && ['read', 'cancel'].includes(operation);
        const allowed = maker || permissions.includes(needed[operation]);
        const hidden =
          sees || operation === 'create' ? 'INSUFFICIENT_PERMISSIONS' : 'JOB_NOT_FOUND';
        const code = await attempt(operation, holder(permissions), kind);
        if (code !== (allowed ? undefined : hidden)) wrong.push({ kind, operation, code });
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each(CALLERS)('hold for every list: $name', async ({ permissions }) => {
    const { app } = server;
    const principal = holder(permissions);
    const all = app.get(JobAccess).all;
    for (const kind of all) {
      await storeJob(app, { ownerId: adminId, kind });
      await storeJob(app, { ownerId: adminId, kind, deletedAt: new Date() });
      await storeJob(app, { ownerId: adminId, kind, state: 'queued', blocked: true });
    }
    const visible = all.filter((kind) => {
      const { create, read } = permissionsOf(kind);
      return permissions.includes(create) || permissions.includes(read);
    });
    const history = app.get(HistoryService);
    const page = { page: 1, limit: 500, sort_by: 'created', sort_order: 'desc' } as const;
    const kindsIn = (jobs: { kind: string }[]): string[] =>
      [...new Set(jobs.map(({ kind }) => kind))].toSorted();
    const lists = {
      history: (await history.search(principal, { ...page, owner: adminId })).jobs,
      found: (await history.search(principal, { ...page, owner: adminId, search: 'job' })).jobs,
      list: (await history.list(principal, { limit: 500 })).jobs,
      days: (await history.days(principal, { limit: 500 })).days.flatMap(({ jobs }) => jobs),
      status: (await app.get(QueueService).status(principal)).jobs,
      bin: (await app.get(RecycleBin).list(principal, { limit: 500 })).jobs,
    };
    for (const [list, jobs] of Object.entries(lists)) {
      const kinds = kindsIn(jobs);
      // Some lists show the newest only.
      const strangers = kinds.filter((kind) => !visible.includes(kind));
      expect({ list, strangers, some: kinds.length > 0 }).toEqual({
        list,
        strangers: [],
        some: visible.length > 0,
      });
    }
    const [own] = MODEL_KINDS.filter((kind) => !visible.includes(kind));
    if (own === undefined) return;
    expect(await history.counts(principal, [own])).toMatchObject({ queued: 0, failed: 0 });
    expect(await app.get(OwnJobs).current(principal, { kinds: [own] })).toBeUndefined();
    await app.get(QueueService).clear(principal, false);
    await app.get(RecycleBin).empty(principal);
    const left = await app
      .get(DataSource)
      .query<{ state: string; deletedAt: number | null }[]>(
        `SELECT "state", "deletedAt" FROM "jobs" WHERE "kind" = ?`,
        [own],
      );
    expect(left.some(({ state }) => state === 'queued')).toBe(true);
    expect(left.some(({ deletedAt }) => deletedAt !== null)).toBe(true);
  });
});

describe('a key that may only draw', () => {
  const SCOPES = ['job:create', 'job:read', 'job:cancel', 'job:delete'];

  it('neither sees nor repeats a download of its owner, by whichever route', async () => {
    const { key } = await createKey(server.app, admin, { scopes: SCOPES });
    const id = await storeJob(server.app, { ownerId: adminId, kind: 'download' });
    const routes = [
      ['GET', '/api/queue/job/ID'],
      ['POST', '/api/queue/job/ID/retry'],
      ['DELETE', '/api/queue/job/ID?confirm=true'],
      ['POST', '/mold/api/queue/ID/retry'],
      ['GET', '/mold/api/queue/ID/preview'],
      ['DELETE', '/mold/api/queue/ID'],
      ['GET', '/sdcpp/queue/ID'],
      ['DELETE', '/sdcpp/queue/ID'],
    ] as const;
    for (const [method, route] of routes) {
      const ask = (job: string): Promise<Reply> => {
        const body = method === 'POST' ? {} : undefined;
        return send(server.app, method, route.replace('ID', job), withKey(key), body);
      };
      const [hidden, absent] = [await ask(id), await ask(randomUUID())];
      expect({ route, status: hidden.status }).toEqual({ route, status: absent.status });
      expect(absent.status).toBeGreaterThanOrEqual(400);
    }
    const cancelled = await send(server.app, 'POST', '/api/queue/cancel', withKey(key), {
      job_id: id,
    });
    expect(cancelled.status).toBe(404);
    expect((await send(server.app, 'GET', `/api/queue/job/${id}`, admin)).status).toBe(200);
  });

  it('is not told by an Idempotency-Key what a wider one did', async () => {
    const { key } = await createKey(server.app, admin, { scopes: SCOPES });
    const id = await storeJob(server.app, { ownerId: adminId, kind: 'download' });
    const url = `/api/queue/job/${id}/retry`;
    const once = { 'idempotency-key': 'the-same' };
    const first = await send(server.app, 'POST', url, { ...admin, ...once });
    expect(first.status).toBe(202);
    expect(await send(server.app, 'POST', url, { ...admin, ...once })).toMatchObject({
      status: 202,
      body: first.body,
    });
    expect((await send(server.app, 'POST', url, { ...withKey(key), ...once })).status).toBe(403);
  });

  it('makes no job that waits for one that it does not see', async () => {
    const after = await storeJob(server.app, { ownerId: adminId, kind: 'download' });
    const job = { kind: 'text2img', title: 'x', request: {}, after };
    await expect(
      server.app.get(QueueService).submit(holder(['job:create']), job),
    ).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});

describe('a job', () => {
  it('ends when its owner may no longer ask for it, running or queued', async () => {
    const begun: string[] = [];
    const queue = server.app.get(QueueService);
    const work = (job: RunningJob) => {
      begun.push(job.id);
      return new Promise<never>((_, reject) => {
        job.signal.addEventListener('abort', () => reject(new Error('told to stop')));
      });
    };
    queue.handle('files', work, { lane: 'files', permissions: JOB_PERMISSIONS.modelFiles });
    const userId = await addUser(server.app, 'olga', 'admin');
    const token = await tokenOf(server.app, 'olga');
    const caller: Principal = { ...holder(PERMISSIONS), userId };
    const job = { kind: 'files', title: 'x', request: {} };
    const [running, waiting] = [await queue.submit(caller, job), await queue.submit(caller, job)];
    await until('the first job', 10_000, () => begun.includes(running));
    await send(server.app, 'PATCH', `/api/users/${userId}`, admin, { role: 'user' });
    const adminToken = admin['authorization']!.replace('Bearer ', '');
    for (const id of [running, waiting]) {
      expect(await jobEnd(server.app, adminToken, id)).toMatchObject({
        status: 'failed',
        error: {
          code: 'OWNER_NOT_PERMITTED',
          message: expect.stringContaining('model:manage') as string,
        },
      });
    }
    expect(begun).toEqual([running]);
    const retry = await send(server.app, 'POST', `/api/queue/job/${waiting}/retry`, bearer(token));
    expect(retry.status).toBe(404);
  });
});
