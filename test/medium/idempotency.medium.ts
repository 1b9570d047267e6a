import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { ROLE_PERMISSIONS, type Principal } from '../../src/auth/index.js';
import { FakeEngine } from '../../src/engine/index.js';
import { IdempotencyService, QueueService } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { cancel, jobEnd, submitted } from '../support/jobs.js';

let server: TestApp;
let anna: string;
let annaId: string;
let bert: string;
let open: () => void;

beforeAll(async () => {
  const blocking = FakeEngine.blocking();
  open = blocking.open;
  server = await createTestApp({ engine: blocking.engine, env: { ATELIER_DRAIN_SECONDS: '0' } });
  annaId = await addUser(server.app, 'anna', 'user');
  await addUser(server.app, 'bert', 'user');
  [anna, bert] = [await tokenOf(server.app, 'anna'), await tokenOf(server.app, 'bert')];
});

afterAll(async () => {
  open();
  await server.close();
});

function generate(
  token: string,
  key: string,
  body: object = { prompt: 'red apple' },
): Promise<Reply> {
  const headers = { ...bearer(token), 'idempotency-key': key };
  return send(server.app, 'POST', '/api/generate/text2img', headers, body);
}

async function jobCount(): Promise<number> {
  const [row] = await server.app
    .get(DataSource)
    .query<{ jobs: number }[]>('SELECT count(*) AS jobs FROM jobs');
  return row!.jobs;
}

async function forgetAnswer(key: string): Promise<void> {
  await server.app
    .get(DataSource)
    .query('UPDATE idempotency_keys SET status = NULL, body = NULL WHERE "key" = ?', [key]);
}

describe('a request with an Idempotency-Key', () => {
  it('is answered again, and makes nothing again', async () => {
    const first = await generate(anna, 'again');
    const before = await jobCount();
    const second = await generate(anna, 'again');
    expect(first.status).toBe(202);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second).toMatchObject({ status: 202, body: first.body });
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await jobCount()).toBe(before);
  });

  it('is the same whatever the order of its fields', async () => {
    const first = await generate(anna, 'order', { prompt: 'red', seed: 1 });
    const second = await generate(anna, 'order', { seed: 1, prompt: 'red' });
    expect(second.body).toEqual(first.body);
  });

  it('is made once when it comes many times at once', async () => {
    const before = await jobCount();
    const replies = await Promise.all(Array.from({ length: 10 }, () => generate(anna, 'at once')));
    // A key has no spaces.
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([400]));
    const good = await Promise.all(Array.from({ length: 10 }, () => generate(anna, 'at-once')));
    expect(new Set(good.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(good.map(({ body }) => body['request_id'])).size).toBe(1);
    expect(await jobCount()).toBe(before + 1);
  });

  it('is refused with another body, also while the first is under way', async () => {
    const [first, early] = await Promise.all([
      generate(anna, 'changed', { prompt: 'red' }),
      generate(anna, 'changed', { prompt: 'green' }),
    ]);
    const late = await generate(anna, 'changed', { prompt: 'blue' });
    expect(first.status).toBe(202);
    for (const reply of [early, late]) {
      expect(errorOf(reply)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', status_code: 422 });
    }
  });

  it('is another one for another user', async () => {
    const mine = await generate(anna, 'shared');
    const theirs = await generate(bert, 'shared');
    expect(theirs.status).toBe(202);
    expect(theirs.body['request_id']).not.toBe(mine.body['request_id']);
    expect(theirs.headers['idempotency-replayed']).toBeUndefined();
  });

  it('leaves its key free when it is refused', async () => {
    expect((await generate(anna, 'refused', { prompt: 5 })).status).toBe(400);
    expect((await generate(anna, 'refused', { prompt: 'better' })).status).toBe(202);
  });

  it('finds its job again when the server stopped before it was answered', async () => {
    const first = await generate(anna, 'crashed');
    await forgetAnswer('crashed');
    const before = await jobCount();
    const second = await generate(anna, 'crashed');
    expect(second).toMatchObject({ status: 202, body: first.body });
    expect(await jobCount()).toBe(before);
    expect((await generate(anna, 'crashed', { prompt: 'other' })).status).toBe(422);
  });

  it('is a new one after a day', async () => {
    const first = await generate(anna, 'yesterday');
    await server.app
      .get(DataSource)
      .query('UPDATE idempotency_keys SET "createdAt" = "createdAt" - 86400000 WHERE "key" = ?', [
        'yesterday',
      ]);
    const second = await generate(anna, 'yesterday', { prompt: 'today' });
    expect(second.status).toBe(202);
    expect(second.body['request_id']).not.toBe(first.body['request_id']);
  });

  it.each(['', ' ', 'x'.repeat(256), 'ä'])('is refused with a key like "%s"', async (key) => {
    const reply = await generate(anna, key);
    expect(errorOf(reply)).toMatchObject({ code: 'INVALID_PARAMETERS', status_code: 400 });
  });

  it('retries a job once', async () => {
    const id = await submitted(server.app, anna);
    await cancel(server.app, anna, id);
    const retry = (): Promise<Reply> =>
      send(server.app, 'POST', `/api/queue/job/${id}/retry`, {
        ...bearer(anna),
        'idempotency-key': `retry-${id}`,
      });
    const [first, second] = [await retry(), await retry()];
    expect(first.status).toBe(202);
    expect(second.body).toEqual(first.body);
  });
});

describe('work of several jobs under one key', () => {
  const principal = (): Principal =>
    ({ userId: annaId, permissions: ROLE_PERMISSIONS.user }) as Principal;
  const job = { kind: 'text2img', title: 'one of many', request: {} };

  it('goes on where it was cut off', async () => {
    const service = server.app.get(IdempotencyService);
    const queue = server.app.get(QueueService);
    const keyed = { ownerId: annaId, key: 'many', fingerprint: 'f' };
    const made: string[] = [];
    const work = async (fail: boolean) => {
      const ids = [await queue.submit(principal(), job)];
      made.push(ids[0]!);
      if (fail) throw new Error('the server stopped here');
      ids.push(await queue.submit(principal(), job));
      return { status: 200, body: ids };
    };
    await expect(service.once(keyed, () => work(true))).rejects.toThrow('stopped here');
    const answer = await service.once(keyed, () => work(false));
    const ids = answer.body as string[];
    expect(ids[0]).toBe(made[0]);
    expect(new Set(ids).size).toBe(2);
    await forgetAnswer('many');
    expect((await service.once(keyed, () => work(false))).body).toEqual(ids);
    for (const id of ids) await cancel(server.app, anna, id);
  });

  it('is made again of the same jobs where the answer is too long to be kept', async () => {
    const service = server.app.get(IdempotencyService);
    const queue = server.app.get(QueueService);
    const keyed = { ownerId: annaId, key: 'long', fingerprint: 'f' };
    const work = async () => ({
      status: 200,
      body: { id: await queue.submit(principal(), job), data: 'x'.repeat(100_000) },
    });
    const first = await service.once(keyed, work);
    const second = await service.once(keyed, work);
    expect(second).toEqual({ ...first, replayed: true });
    const { id } = first.body as { id: string };
    await cancel(server.app, anna, id);
    expect((await jobEnd(server.app, anna, id)).status).toBe('cancelled');
  });
});
