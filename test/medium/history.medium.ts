import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineError, FakeEngine } from '../../src/engine/index.js';
import type { JobView } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { cancel, jobEnd, jobOf, submitted } from '../support/jobs.js';

let server: TestApp;
let tokens: { admin: string; anna: string; bert: string };
/** Ids by prompt. */
const ids: Record<string, string> = {};

const PROMPTS = ['red apple', 'Green Café', 'green apple tree', '苹果', '100% "AND" x_y'];

beforeAll(async () => {
  server = await createTestApp();
  await addUser(server.app, 'anna', 'user');
  await addUser(server.app, 'bert', 'user');
  tokens = {
    admin: await tokenOf(server.app),
    anna: await tokenOf(server.app, 'anna'),
    bert: await tokenOf(server.app, 'bert'),
  };
  for (const prompt of PROMPTS) {
    ids[prompt] = await submitted(server.app, tokens.anna, { prompt });
    await jobEnd(server.app, tokens.anna, ids[prompt]);
  }
  ids['bert'] = await submitted(server.app, tokens.bert, { prompt: 'apple of bert' });
  await jobEnd(server.app, tokens.bert, ids['bert']);
});

afterAll(() => server.close());

function history(token: string, query = ''): Promise<Reply> {
  return send(server.app, 'GET', `/api/queue/history${query}`, bearer(token));
}

async function found(token: string, query: Record<string, string>): Promise<string[]> {
  const { body } = await history(token, `?${new URLSearchParams(query).toString()}`);
  return (body['jobs'] as JobView[]).map(({ prompt }) => prompt);
}

describe('the history', () => {
  it('has the newest first, in pages, with the totals', async () => {
    const first = await history(tokens.anna, '?limit=2');
    expect(first.body).toMatchObject({ total: 5, page: 1, limit: 2, total_pages: 3 });
    const seen: string[] = [];
    for (const page of [1, 2, 3, 4]) {
      seen.push(...(await found(tokens.anna, { limit: '2', page: String(page) })));
    }
    expect(seen).toEqual(PROMPTS.toReversed());
    expect(await found(tokens.anna, { sort_order: 'asc' })).toEqual(PROMPTS);
  });

  it.each([
    ['apple', ['green apple tree', 'red apple']],
    ['green app', ['green apple tree']],
    ['APPLE green', ['green apple tree']],
    ['cafe', ['Green Café']],
    ['苹果', ['苹果']],
    ['100%', ['100% "AND" x_y']],
    ['%', ['100% "AND" x_y']],
    ['x_y', ['100% "AND" x_y']],
    ['"AND"', ['100% "AND" x_y']],
    ['red OR green', []],
    ['nothing like it', []],
    ['title:apple', []],
    ['app', ['green apple tree', 'red apple']],
    ['pple', []],
    ['app*', ['green apple tree', 'red apple']],
    ['-apple', ['green apple tree', 'red apple']],
  ])('is searched for words, as they are: %s', async (search, expected) => {
    expect(await found(tokens.anna, { search })).toEqual(expected);
  });

  it('is filtered by state, kind, model and time', async () => {
    expect(await found(tokens.anna, { status: 'completed,failed' })).toHaveLength(5);
    expect(await found(tokens.anna, { status: 'failed' })).toEqual([]);
    const apples = ['green apple tree', 'red apple'];
    expect(await found(tokens.anna, { status: 'completed', search: 'apple' })).toEqual(apples);
    expect(await found(tokens.anna, { status: 'queued,completed', search: 'apple' })).toEqual(
      apples,
    );
    expect(await found(tokens.anna, { status: 'queued,failed', search: 'apple' })).toEqual([]);
    expect(await found(tokens.anna, { model: 'tiny-emoji', search: 'apple' })).toEqual(apples);
    expect(await found(tokens.anna, { model: 'tiny', search: 'apple' })).toEqual([]);
    expect(await found(tokens.anna, { kind: 'text2img', search: 'red' })).toEqual(['red apple']);
    expect(await found(tokens.anna, { kind: 'upscale' })).toEqual([]);
    expect(await found(tokens.anna, { model: 'no such model' })).toEqual([]);
    const hour = 3600;
    const now = Math.floor(Date.now() / 1000);
    expect(await found(tokens.anna, { from: String(now - hour) })).toHaveLength(5);
    expect(await found(tokens.anna, { to: String(now - hour) })).toEqual([]);
    const window = { from: String(now - hour), to: String(now + hour) };
    expect(await found(tokens.anna, { ...window, search: 'apple' })).toEqual(apples);
    expect(await found(tokens.anna, { search: 'apple', to: String(now - hour) })).toEqual([]);
    expect(await found(tokens.anna, { search: 'apple', from: String(now + hour) })).toEqual([]);
    expect(await found(tokens.anna, { from: new Date((now + hour) * 1000).toISOString() })).toEqual(
      [],
    );
  });

  it.each([
    'status=done',
    'limit=501',
    'limit=-1',
    'page=0',
    'from=yesterday',
    'search=',
    'colour=red',
    'sort_by=prompt',
  ])('refuses what it does not understand: %s', async (query) => {
    const reply = await history(tokens.anna, `?${query}`);
    expect(errorOf(reply)).toMatchObject({ code: 'VALIDATION_ERROR', status_code: 400 });
    expect(errorOf(reply).message).toContain(query.split('=')[0]);
  });

  it('should not show the jobs of another user', async () => {
    expect(await found(tokens.bert, {})).toEqual(['apple of bert']);
    expect(await found(tokens.bert, { owner: 'bert' })).toEqual(['apple of bert']);
    const reply = await history(tokens.bert, '?owner=anna');
    expect(errorOf(reply)).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS', status_code: 403 });
  });

  it('shows an administrator whose jobs they are', async () => {
    const { body } = await history(tokens.admin, '?search=apple');
    const owners = (body['jobs'] as JobView[]).map(({ owner }) => owner?.username);
    expect(owners).toEqual(['bert', 'anna', 'anna']);
    expect(await found(tokens.admin, { owner: 'Bert' })).toEqual(['apple of bert']);
    expect(await found(tokens.admin, { owner: 'nobody' })).toEqual([]);
    expect((await jobOf(server.app, tokens.anna, ids['red apple']!)).owner).toBeUndefined();
  });
});

describe('removing a job', () => {
  const remove = (token: string, id: string, confirm = '?confirm=true'): Promise<Reply> =>
    send(server.app, 'DELETE', `/api/queue/job/${id}${confirm}`, bearer(token));

  it('must be meant', async () => {
    const reply = await remove(tokens.anna, ids['苹果']!, '');
    expect(errorOf(reply)).toMatchObject({ code: 'CONFIRMATION_REQUIRED', status_code: 400 });
    expect((await remove(tokens.anna, ids['苹果']!, '?confirm=false')).status).toBe(400);
    expect((await jobOf(server.app, tokens.anna, ids['苹果']!)).status).toBe('completed');
  });

  it('should not remove the job of another user', async () => {
    const reply = await remove(tokens.bert, ids['苹果']!);
    expect(errorOf(reply)).toMatchObject({ code: 'JOB_NOT_FOUND', status_code: 404 });
    expect((await jobOf(server.app, tokens.anna, ids['苹果']!)).status).toBe('completed');
  });

  it('removes its files and its place in the search', async () => {
    const id = ids['苹果']!;
    const folder = join(server.dataDir, 'outputs', id);
    expect(existsSync(folder)).toBe(true);
    expect(await remove(tokens.anna, id)).toMatchObject({
      status: 200,
      body: { status: 'success', message: 'Job deleted successfully', job_id: id },
    });
    expect(existsSync(folder)).toBe(false);
    expect(await found(tokens.anna, { search: '苹果' })).toEqual([]);
    expect((await remove(tokens.anna, id)).status).toBe(404);
    const [left] = await server.app
      .get(DataSource)
      .query<{ n: number }[]>(`SELECT count(*) AS n FROM jobs_search`);
    const [rows] = await server.app
      .get(DataSource)
      .query<{ n: number }[]>(`SELECT count(*) AS n FROM jobs`);
    expect(left).toEqual(rows);
  });

  it('is for an administrator too', async () => {
    expect((await remove(tokens.admin, ids['bert']!)).status).toBe(200);
  });
});

describe('a job that has not ended', () => {
  it('cannot be removed, and cannot be retried', async () => {
    const { engine, open } = FakeEngine.blocking();
    const other = await createTestApp({ engine, env: { ATELIER_DRAIN_SECONDS: '0' } });
    const token = await tokenOf(other.app);
    const jobs = [await submitted(other.app, token), await submitted(other.app, token)];
    for (const id of jobs) {
      const removal = await send(
        other.app,
        'DELETE',
        `/api/queue/job/${id}?confirm=1`,
        bearer(token),
      );
      expect(errorOf(removal)).toMatchObject({ code: 'JOB_UNFINISHED', status_code: 409 });
      const retry = await send(other.app, 'POST', `/api/queue/job/${id}/retry`, bearer(token));
      expect(errorOf(retry)).toMatchObject({ code: 'JOB_NOT_RETRYABLE', status_code: 409 });
    }
    open();
    await other.close();
  });
});

describe('retrying', () => {
  const retry = (app: TestApp['app'], token: string, id: string): Promise<Reply> =>
    send(app, 'POST', `/api/queue/job/${id}/retry`, bearer(token));

  it('makes a new job with the same request of one that failed', async () => {
    const other = await createTestApp({
      engine: FakeEngine.failing(EngineError.failed('out of paint')),
    });
    const token = await tokenOf(other.app);
    const id = await submitted(other.app, token, { prompt: 'red apple', seed: 7 });
    const failed = await jobEnd(other.app, token, id);
    expect(failed.status).toBe('failed');
    const reply = await retry(other.app, token, id);
    expect(reply).toMatchObject({ status: 202, body: { status: 'queued', retry_of: id } });
    const again = await jobEnd(other.app, token, reply.body['request_id'] as string);
    expect(again).toMatchObject({ retry_of: id, attempts: 1, prompt: 'red apple' });
    expect(again.parameters).toEqual(failed.parameters);
    expect((await jobOf(other.app, token, id)).status).toBe('failed');
    await other.close();
  });

  it('is refused for what was completed', async () => {
    const reply = await retry(server.app, tokens.anna, ids['red apple']!);
    expect(errorOf(reply)).toMatchObject({ code: 'JOB_NOT_RETRYABLE', status_code: 409 });
  });

  it('should not retry the job of another user, but for an administrator on their behalf', async () => {
    const { engine, open } = FakeEngine.blocking();
    const other = await createTestApp({ engine, env: { ATELIER_DRAIN_SECONDS: '0' } });
    await addUser(other.app, 'anna', 'user');
    await addUser(other.app, 'bert', 'user');
    const [anna, bert] = [await tokenOf(other.app, 'anna'), await tokenOf(other.app, 'bert')];
    await submitted(other.app, anna);
    const id = await submitted(other.app, anna);
    await cancel(other.app, anna, id);
    expect(errorOf(await retry(other.app, bert, id))).toMatchObject({
      code: 'JOB_NOT_FOUND',
      status_code: 404,
    });
    const reply = await retry(other.app, await tokenOf(other.app), id);
    expect(reply.status).toBe(202);
    const again = await jobOf(other.app, anna, reply.body['request_id'] as string);
    expect(again).toMatchObject({ retry_of: id, status: 'queued' });
    open();
    await other.close();
  });
});
