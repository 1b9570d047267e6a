import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import { principalOf, User, type Principal } from '../../src/auth/index.js';
import { EventBus } from '../../src/events/index.js';
import { HistoryService, QueueService, RecycleBin } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf } from '../support/auth.js';
import { jobEnd, submit, submitted } from '../support/jobs.js';
import { Workshop } from '../support/workshop.js';

const MINUTE_MS = 60 * 1000;

let server: TestApp;
let bin: RecycleBin;
let history: HistoryService;
let anna: Principal;
let bert: Principal;
let token: string;

async function callerOf(name: string): Promise<Principal> {
  await addUser(server.app, name, 'user');
  const users = server.app.get(DataSource).getRepository(User);
  return principalOf(await users.findOneByOrFail({ username: name }), { via: 'jwt' });
}

async function boot(env: Record<string, string> = {}): Promise<void> {
  server = await createTestApp({ env: { ATELIER_DRAIN_SECONDS: '0', ...env } });
  bin = server.app.get(RecycleBin);
  history = server.app.get(HistoryService);
  anna = await callerOf('anna');
  bert = await callerOf('bert');
  token = await tokenOf(server.app, 'anna');
}

afterEach(async () => {
  await server.close();
});

async function drawn(body: object = { prompt: 'red apple' }): Promise<string> {
  const id = await submitted(server.app, token, body);
  await jobEnd(server.app, token, id);
  return id;
}

async function statusOf(path: string): Promise<number> {
  return (await server.app.inject({ url: path, headers: bearer(token) })).statusCode;
}

async function found(search: string): Promise<string[]> {
  const url = `/api/queue/history?search=${search}`;
  const { body } = await send(server.app, 'GET', url, bearer(token));
  return (body['jobs'] as { id: string }[]).map(({ id }) => id);
}

const folderOf = (id: string): string => join(server.dataDir, 'outputs', id);

describe('a deleted job', () => {
  it('is nowhere but in the bin, and back with all that it had when it is restored', async () => {
    await boot();
    const id = await drawn();
    const output = `/api/queue/job/${id}/output/image_0.png`;
    const before = await server.app.get(QueueService).job(anna, id);
    await bin.delete(anna, id);
    expect(await statusOf(`/api/queue/job/${id}`)).toBe(404);
    expect(await statusOf(output)).toBe(404);
    expect(await statusOf(`${output}?thumb=1`)).toBe(404);
    expect(await found('apple')).toEqual([]);
    expect(await history.list(anna, { limit: 10 })).toEqual({ jobs: [], total: 0 });
    expect(await history.counts(anna)).toMatchObject({ completed: 0 });
    const status = await send(server.app, 'GET', '/api/queue/status', bearer(token));
    expect(status.body['queue']).toMatchObject({ jobs: [] });
    const { jobs, total } = await bin.list(anna, { limit: 10 });
    expect(total).toBe(1);
    expect(jobs[0]).toMatchObject(before);
    expect(jobs[0]?.deleted_at).toBeGreaterThan(before.queued_time - 1);
    await bin.restore(anna, id);
    expect(await server.app.get(QueueService).job(anna, id)).toEqual(before);
    expect(await statusOf(output)).toBe(200);
    expect(await found('apple')).toEqual([id]);
    expect(await bin.list(anna, { limit: 10 })).toEqual({ jobs: [], total: 0 });
  });

  it('should not be fetched by a signed link made before, nor be the picture of another', async () => {
    await boot({ ATELIER_FILES_ACCESS: 'signed' });
    const id = await drawn();
    const link = `/api/queue/job/${id}/output/image_0.png/link`;
    const { body } = await send(server.app, 'POST', link, bearer(token), {});
    const url = body['url'] as string;
    expect((await server.app.inject({ url })).statusCode).toBe(200);
    await bin.delete(anna, id);
    expect((await server.app.inject({ url })).statusCode).toBe(404);
    expect((await send(server.app, 'POST', link, bearer(token), {})).status).toBe(404);
    const input = { prompt: 'again', image: `job:${id}/image_0.png` };
    expect(errorOf(await submit(server.app, token, input)).status_code).toBe(400);
  });

  it('is gone with its files when it is purged, alone or with all the others', async () => {
    await boot();
    const ids = [await drawn(), await drawn(), await drawn()];
    expect(await bin.deleteAll(anna, ids)).toEqual(ids.map((id) => ({ id })));
    await bin.purge(anna, ids[0]!);
    expect(ids.map((id) => existsSync(folderOf(id)))).toEqual([false, true, true]);
    expect(await bin.empty(anna)).toBe(2);
    expect(ids.map((id) => existsSync(folderOf(id)))).toEqual([false, false, false]);
    await expect(bin.restore(anna, ids[1]!)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });

  it('is gone with its files when it has been in the bin for long enough', async () => {
    await boot({ ATELIER_BIN_MINUTES: '30' });
    const [old, young] = [await drawn(), await drawn()];
    await bin.deleteAll(anna, [old, young]);
    const age = 'UPDATE jobs SET "deletedAt" = "deletedAt" - ? WHERE "id" = ?';
    const source = server.app.get(DataSource);
    await source.query(age, [31 * MINUTE_MS, old]);
    await source.query(age, [29 * MINUTE_MS, young]);
    expect(await bin.sweep()).toBe(1);
    expect([existsSync(folderOf(old)), existsSync(folderOf(young))]).toEqual([false, true]);
    expect((await bin.list(anna, { limit: 10 })).jobs.map(({ id }) => id)).toEqual([young]);
  });

  it('is gone at once where there is no bin', async () => {
    await boot({ ATELIER_BIN: 'false' });
    const id = await drawn();
    await bin.delete(anna, id);
    expect(existsSync(folderOf(id))).toBe(false);
    expect(await bin.list(anna, { limit: 10 })).toEqual({ jobs: [], total: 0 });
  });

  it('is told of', async () => {
    await boot();
    const id = await drawn();
    const told: unknown[] = [];
    const bus = server.app.get(EventBus);
    bus.on('job.deleted', (payload) => told.push(payload));
    bus.on('job.restored', (payload) => told.push(payload));
    await bin.delete(anna, id);
    await bin.restore(anna, id);
    await bin.delete(anna, id);
    await bin.purge(anna, id);
    const common = { ownerId: anna.userId, kind: 'text2img', jobId: id };
    expect(told).toEqual([
      { ...common, restorable: true },
      { ...common, status: 'completed' },
      { ...common, restorable: true },
      { ...common, restorable: false },
    ]);
  });

  it('should not be seen, restored or purged by another user', async () => {
    await boot();
    const id = await drawn();
    await expect(bin.delete(bert, id)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    await bin.delete(anna, id);
    expect(await bin.list(bert, { limit: 10 })).toEqual({ jobs: [], total: 0 });
    for (const attempt of [bin.restore(bert, id), bin.purge(bert, id)])
      await expect(attempt).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    expect(await bin.empty(bert)).toBe(0);
    expect((await bin.list(anna, { limit: 10 })).total).toBe(1);
  });
});

describe('deleting several', () => {
  it('says of each what became of it', async () => {
    await boot();
    const files = new Workshop(server.app, 'fetch', 'files');
    const done = await drawn();
    const running = await files.submit(anna.userId);
    const theirs = await files.submit(bert.userId);
    await files.complete(theirs);
    const outcomes = await bin.deleteAll(anna, [done, running, theirs, done]);
    expect(outcomes.map(({ id, error }) => [id, error?.code])).toEqual([
      [done, undefined],
      [running, 'JOB_UNFINISHED'],
      [theirs, 'JOB_NOT_FOUND'],
      [done, 'JOB_NOT_FOUND'],
    ]);
  });

  it('takes all that have ended and pass a filter', async () => {
    await boot();
    const files = new Workshop(server.app, 'fetch', 'files');
    const apple = await drawn({ prompt: 'red apple' });
    const pear = await drawn({ prompt: 'green pear' });
    const running = await files.submit(anna.userId);
    expect(await bin.deleteEnded(anna, { search: 'apple' })).toBe(1);
    expect(await bin.deleteEnded(anna, { states: ['processing'] })).toBe(0);
    expect(await bin.deleteEnded(anna, {})).toBe(1);
    const { jobs } = await bin.list(anna, { limit: 10 });
    expect(jobs.map(({ id }) => id).toSorted()).toEqual([apple, pear].toSorted());
    expect((await history.list(anna, { limit: 10 })).jobs.map(({ id }) => id)).toEqual([running]);
  });
});

describe('the documented way to remove a job', () => {
  it('is for good, bin or not', async () => {
    await boot();
    const id = await drawn();
    const url = `/api/queue/job/${id}?confirm=true`;
    expect((await send(server.app, 'DELETE', url, bearer(token))).status).toBe(200);
    expect(existsSync(folderOf(id))).toBe(false);
    expect(await bin.list(anna, { limit: 10 })).toEqual({ jobs: [], total: 0 });
  });
});
