import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Retention } from '../../src/files/index.js';
import { JobRemoval, RecycleBin, type ListedOutput } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { jobEnd, submitted } from '../support/jobs.js';
import { ownerOf } from '../support/workshop.js';

let server: TestApp;
let anna: string;
let tokens: { admin: string; anna: string; bert: string };
/** Ids of anna's jobs by prompt. */
const ids: Record<string, string> = {};

const JOBS = [
  { prompt: 'red apple', width: 64, height: 64, seed: 7 },
  { prompt: 'green pear', width: 128, height: 64, batch_count: 3, seed: 10 },
  { prompt: 'red castle', width: 64, height: 64 },
];

async function drawn(token: string, body: object): Promise<string> {
  const id = await submitted(server.app, token, body);
  await jobEnd(server.app, token, id);
  return id;
}

function list(token: string, query: Record<string, string> = {}, path = ''): Promise<Reply> {
  const url = `/api/queue/outputs${path}?${new URLSearchParams(query).toString()}`;
  return send(server.app, 'GET', url, bearer(token));
}

async function found(token: string, query?: Record<string, string>): Promise<string[]> {
  const { body } = await list(token, query);
  const outputs = body['outputs'] as ListedOutput[];
  expect(body['total']).toBe(outputs.length);
  return outputs.map(({ prompt, filename }) => `${prompt}/${filename.replace(/\D/g, '')}`);
}

const PEARS = ['green pear/2', 'green pear/1', 'green pear/0'];
const ALL = ['red castle/0', ...PEARS, 'red apple/0'];

beforeAll(async () => {
  server = await createTestApp();
  anna = await addUser(server.app, 'anna', 'user');
  await addUser(server.app, 'bert', 'user');
  tokens = {
    admin: await tokenOf(server.app),
    anna: await tokenOf(server.app, 'anna'),
    bert: await tokenOf(server.app, 'bert'),
  };
  for (const body of JOBS) ids[body.prompt] = await drawn(tokens.anna, body);
  await drawn(tokens.bert, { prompt: 'apple of bert' });
});

afterAll(() => server.close());

describe('the outputs', () => {
  it('come one by one, the newest first, with what a list shows of their jobs', async () => {
    expect(await found(tokens.anna)).toEqual(ALL);
    const { body } = await list(tokens.anna, { limit: '1', page: '2' });
    expect(body).toMatchObject({ total: 5, page: 2, limit: 1, total_pages: 5 });
    const id = ids['green pear']!;
    expect(body['outputs']).toEqual([
      {
        job_id: id,
        kind: 'text2img',
        prompt: 'green pear',
        label: null,
        model: 'tiny-emoji',
        queued_time: expect.any(Number),
        job_outputs: 3,
        filename: 'image_2.png',
        content_type: 'image/png',
        size: expect.any(Number),
        width: 128,
        height: 64,
        seed: 12,
        url: `/api/queue/job/${id}/output/image_2.png`,
      },
    ]);
  });

  it('come in the other order too', async () => {
    expect(await found(tokens.anna, { sort_order: 'asc' })).toEqual(ALL.toReversed());
  });

  it.each<[Record<string, string>, string[]]>([
    [{ search: 'red' }, ['red castle/0', 'red apple/0']],
    [{ search: 'RED app' }, ['red apple/0']],
    [{ search: 'e' }, []],
    [{ search: '%' }, []],
    [{ size: '128x64' }, PEARS],
    [{ size: '64x128' }, []],
    [{ kind: 'text2img' }, ALL],
    [{ kind: 'upscale' }, []],
    [{ model: 'tiny-emoji', search: 'castle', size: '64x64' }, ['red castle/0']],
    [{ model: 'tiny' }, []],
    [{ from: '2020-01-01T00:00:00Z', search: 'pear' }, PEARS],
    [{ to: '2020-01-01T00:00:00Z' }, []],
    [{ from: '2100-01-01T00:00:00Z' }, []],
  ])('can be narrowed by %j', async (query, expected) => {
    expect(await found(tokens.anna, query)).toEqual(expected);
  });

  it.each(['size=64', 'size=axb', 'all=perhaps', 'limit=501', 'status=failed', 'owner=anna'])(
    'refuse what they do not understand: %s',
    async (query) => {
      const reply = await send(
        server.app,
        'GET',
        `/api/queue/outputs?${query}`,
        bearer(tokens.anna),
      );
      expect(errorOf(reply)).toMatchObject({ code: 'VALIDATION_ERROR', status_code: 400 });
      expect(errorOf(reply).message).toContain(query.split('=')[0]);
    },
  );

  it("are one's own, an administrator's too, unless those of everybody are asked for", async () => {
    expect(await found(tokens.bert)).toEqual(['apple of bert/0']);
    expect(await found(tokens.admin)).toEqual([]);
    const { body } = await list(tokens.admin, { all: 'true', search: 'apple' });
    const outputs = body['outputs'] as ListedOutput[];
    expect(outputs.map(({ owner }) => owner?.username)).toEqual(['bert', 'anna']);
    for (const path of ['', '/choices']) {
      const reply = await list(tokens.anna, { all: 'true' }, path);
      expect(errorOf(reply)).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS', status_code: 403 });
    }
  });

  it('say what they can be narrowed by', async () => {
    expect((await list(tokens.anna, {}, '/choices')).body).toEqual({
      models: [{ name: 'tiny-emoji', count: 5 }],
      kinds: [{ name: 'text2img', count: 5 }],
      sizes: [
        { width: 128, height: 64, count: 3 },
        { width: 64, height: 64, count: 2 },
      ],
    });
    expect((await list(tokens.admin, { all: 'true' }, '/choices')).body).toMatchObject({
      kinds: [{ name: 'text2img', count: 6 }],
    });
    expect((await list(tokens.admin, {}, '/choices')).body).toEqual({
      models: [],
      kinds: [],
      sizes: [],
    });
  });

  it('are not there once they have expired, or with their job', async () => {
    const [expired, removed] = [
      await drawn(tokens.anna, { prompt: 'old river' }),
      await drawn(tokens.anna, { prompt: 'wide river' }),
    ];
    expect(await found(tokens.anna, { search: 'river' })).toHaveLength(2);
    await server.app.get(Retention).expire(expired);
    await server.app.get(JobRemoval).remove(removed);
    expect(await found(tokens.anna, { search: 'river' })).toEqual([]);
    const rows = await server.app
      .get(DataSource)
      .query('SELECT count(*) AS "count" FROM "job_outputs" WHERE "ownerId" = ?', [anna]);
    expect(rows).toEqual([{ count: 5 }]);
  });
});

describe('the recycle bin', () => {
  const move = (token: string, path: string, job_ids: string[]): Promise<Reply> =>
    send(server.app, 'POST', `/api/queue/bin${path}`, bearer(token), { job_ids });

  async function binned(token: string): Promise<string[]> {
    const { body } = await send(server.app, 'GET', '/api/queue/bin', bearer(token));
    expect(body).toMatchObject({ enabled: true, minutes: 10_080 });
    return (body['jobs'] as { id: string }[]).map(({ id }) => id);
  }

  it('takes jobs out of the list, and gives them back as they were', async () => {
    const id = ids['green pear']!;
    const file = { url: `/api/queue/job/${id}/output/image_0.png` };
    const before = (await list(tokens.anna)).body;
    expect((await move(tokens.anna, '', [id])).body).toEqual({ done: [id], refused: [] });
    expect(await found(tokens.anna)).toEqual(['red castle/0', 'red apple/0']);
    expect(await binned(tokens.anna)).toEqual([id]);
    expect((await server.app.inject(file)).statusCode).toBe(404);
    expect((await move(tokens.anna, '/restore', [id])).body).toEqual({ done: [id], refused: [] });
    expect((await list(tokens.anna)).body).toEqual(before);
    expect(await binned(tokens.anna)).toEqual([]);
    expect((await server.app.inject(file)).statusCode).toBe(200);
  });

  it('says of each job why it was left alone', async () => {
    const [id, unknown] = [ids['red apple']!, randomUUID()];
    const refused = { job_id: unknown, code: 'JOB_NOT_FOUND', message: expect.any(String) };
    const reply = await move(tokens.anna, '', [unknown, id]);
    expect(reply).toMatchObject({ status: 200, body: { done: [id], refused: [refused] } });
    const back = await move(tokens.anna, '/restore', [id, unknown]);
    expect(back.body).toEqual({ done: [id], refused: [refused] });
  });

  it('should not move the jobs of another user', async () => {
    const id = ids['red castle']!;
    for (const path of ['', '/restore'])
      expect((await move(tokens.bert, path, [id])).body).toMatchObject({
        done: [],
        refused: [{ job_id: id, code: 'JOB_NOT_FOUND' }],
      });
    await server.app.get(RecycleBin).delete(ownerOf(anna), id);
    expect((await move(tokens.bert, '/restore', [id])).body).toMatchObject({ done: [] });
    expect(await binned(tokens.bert)).toEqual([]);
    await move(tokens.anna, '/restore', [id]);
    expect(await found(tokens.anna)).toEqual(ALL);
  });

  it('wants ids of jobs', async () => {
    for (const job_ids of [[], ['one'], 'one'])
      expect(errorOf(await move(tokens.anna, '', job_ids as string[]))).toMatchObject({
        code: 'VALIDATION_ERROR',
      });
  });

  it('removes nothing where there is none', async () => {
    const other = await createTestApp({ env: { ATELIER_BIN: 'false' } });
    const token = await tokenOf(other.app);
    const id = await submitted(other.app, token);
    await jobEnd(other.app, token, id);
    const reply = await send(other.app, 'POST', '/api/queue/bin', bearer(token), { job_ids: [id] });
    expect(errorOf(reply)).toMatchObject({ code: 'BIN_DISABLED', status_code: 409 });
    expect((await jobEnd(other.app, token, id)).status).toBe('completed');
    const { body } = await send(other.app, 'GET', '/api/queue/bin', bearer(token));
    expect(body).toMatchObject({ enabled: false, jobs: [] });
    await other.close();
  });
});
