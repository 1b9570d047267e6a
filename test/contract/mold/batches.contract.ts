import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { PHOTO, startMold, type MoldClient, type MoldServer } from '../../support/mold.js';
import { batchOf, request, settled, type Batch } from '../../support/mold-batches.js';
import { pictureBase64 } from '../../support/picture.js';

let mold: MoldServer;

afterEach(() => mold.close());

const JOB_ID = expect.stringMatching(/^[\da-f-]{36}$/) as string;
const MOMENT = expect.any(Number) as number;

function create(client: MoldClient, id: string, requests: unknown[]) {
  return client.json<Batch>('POST', '/api/generation-batches', {
    client_batch_id: id,
    requests,
  });
}

describe('POST /api/generation-batches', () => {
  it('has all pictures made, which are then in the gallery', async () => {
    mold = await startMold();
    const id = randomUUID();
    const { status, body } = await create(mold.anna, id, [request(1), request(2)]);
    const about = await mold.anna.json('GET', '/api/status');
    expect(status).toBe(202);
    expect(body).toEqual({
      id: expect.any(String) as string,
      client_batch_id: id,
      instance_id: about.body['instance_id'],
      durable: true,
      children: [1, 2].map((index) =>
        expect.objectContaining({
          index,
          job_id: JOB_ID,
          created_at_ms: MOMENT,
          updated_at_ms: MOMENT,
          error: null,
        }),
      ),
    });
    const batch = await settled(mold.anna, body.id);
    expect(batch.children.map((child) => child.job_id)).toEqual(
      body.children.map((child) => child.job_id),
    );
    expect(batch.children).toEqual(
      [1, 2].map((seed, index) => ({
        ...batch.children[index],
        state: 'complete',
        retryable: false,
        completed_at_ms: MOMENT,
        result: {
          filename: expect.any(String) as string,
          seed,
          generation_time_ms: MOMENT,
        },
      })),
    );
    const gallery = await mold.anna.json<{ filename: string; metadata: object }[]>(
      'GET',
      '/api/gallery',
    );
    for (const { job_id: job, result } of batch.children) {
      const image = await mold.anna.fetch(`/api/gallery/image/${result!.filename}`);
      expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/png']);
      const entry = gallery.body.find(({ filename }) => filename === result!.filename);
      expect(entry?.metadata).toMatchObject({ job_id: job, model: PHOTO });
    }
  });

  it('begins from the pictures that come with it', async () => {
    mold = await startMold();
    const source = await pictureBase64(64, 64);
    const { body } = await create(mold.anna, randomUUID(), [
      { ...request(1), source_image: source, strength: 0.5 },
    ]);
    const { children } = await settled(mold.anna, body.id);
    expect(children[0]!.state).toBe('complete');
    expect((await mold.jobs(mold.anna))[0]!.kind).toBe('img2img');
  });

  it('makes nothing again under the same id, however many ask at once', async () => {
    mold = await startMold();
    const id = randomUUID();
    const requests = [request(1), request(2)];
    const tries = await Promise.all([1, 2, 3].map(() => create(mold.anna, id, requests)));
    const later = await create(mold.anna, id.toUpperCase(), requests);
    const ids = [...tries, later].map(({ body }) => body.children.map((child) => child.job_id));
    expect(new Set(ids.map((one) => one.join())).size).toBe(1);
    expect(await mold.jobs(mold.anna)).toHaveLength(2);
    const changed = await create(mold.anna, id, [request(1), request(3)]);
    expect([changed.status, changed.body.code]).toEqual([409, 'BATCH_CHANGED']);
    expect(await mold.jobs(mold.anna)).toHaveLength(2);
    const bertas = await create(mold.berta, id, [request(9)]);
    expect(bertas.status).toBe(202);
    expect(await mold.jobs(mold.berta)).toHaveLength(1);
  });

  it('does not make again what was deleted', async () => {
    mold = await startMold();
    const id = randomUUID();
    await create(mold.anna, id, [request(1)]);
    const { children } = await settled(mold.anna, id);
    const path = `/api/gallery/image/${children[0]!.result!.filename}`;
    expect((await mold.anna.fetch(path, { method: 'DELETE' })).status).toBe(204);
    const again = await create(mold.anna, id, [request(1)]);
    expect([again.status, again.body.code]).toEqual([410, 'BATCH_GONE']);
    expect(await mold.jobs(mold.anna)).toEqual([]);
  });

  it.each([
    ['an id that is none', 'batch-1', [request(1)], 422, 'VALIDATION_ERROR', 'client_batch_id'],
    ['no requests', randomUUID(), [], 422, 'VALIDATION_ERROR', 'requests must'],
    [
      'a request with a mistake',
      randomUUID(),
      [request(1), { ...request(2), steps: 0 }],
      422,
      'VALIDATION_ERROR',
      'requests[1]: steps',
    ],
    [
      'several pictures in one request',
      randomUUID(),
      [{ ...request(1), batch_size: 2 }],
      422,
      'VALIDATION_ERROR',
      'requests[0]: batch_size',
    ],
    [
      'a model that is not here',
      randomUUID(),
      [request(1), { ...request(2), model: 'x:q8' }],
      422,
      'MODEL_NOT_FOUND',
      'x:q8',
    ],
  ])('refuses %s as a whole', async (_, id, requests, status, code, says) => {
    mold = await startMold();
    const refused = await create(mold.anna, id, requests);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect(refused.body.error).toContain(says);
    expect(await mold.jobs(mold.anna)).toEqual([]);
  });

  it('takes all of a batch or nothing where there is little room', async () => {
    mold = await startMold(FakeEngine.blocking().engine, { ATELIER_JOBS_PER_USER: '3' });
    const able = await mold.anna.json<{ queue: object }>('GET', '/api/capabilities');
    expect(able.body.queue).toMatchObject({ heterogeneous_batch_max_outputs: 3 });
    const first = await create(mold.anna, randomUUID(), [request(1), request(2)]);
    expect(first.status).toBe(202);
    const id = randomUUID();
    const second = await create(mold.anna, id, [request(3), request(4)]);
    expect([second.status, second.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(second.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await mold.jobs(mold.anna)).toHaveLength(2);
    const known = await mold.anna.json('GET', `/api/generation-batches/by-client/${id}`);
    expect(known.status).toBe(404);
    await mold.anna.json('DELETE', `/api/generation-batches/${first.body.id}`);
    expect((await create(mold.anna, id, [request(3), request(4)])).status).toBe(202);
  });

  it('is neither offered nor done where no pictures are kept', async () => {
    mold = await startMold(FakeEngine.instant(), { MOLD_OUTPUT_DIR: '' });
    const able = await mold.anna.json<{ queue: object }>('GET', '/api/capabilities');
    expect(able.body.queue).not.toHaveProperty('heterogeneous_batch_max_outputs');
    expect(able.body).not.toHaveProperty('durable_media');
    const refused = await create(mold.anna, randomUUID(), [request(1)]);
    expect([refused.status, refused.body.code]).toEqual([503, 'DURABLE_ADMISSION_UNAVAILABLE']);
  });
});

describe('GET /api/generation-batches', () => {
  it('finds a batch by either id, and only for who sent it', async () => {
    mold = await startMold();
    const id = randomUUID();
    const { body } = await create(mold.anna, id, [request(1)]);
    const batch = await settled(mold.anna, body.id);
    expect(await batchOf(mold.anna, `by-client/${id}`)).toEqual(batch);
    for (const path of [body.id, `by-client/${id}`, `${body.id}/events`]) {
      const other = await mold.berta.json('GET', `/api/generation-batches/${path}`);
      expect([other.status, other.body['code']]).toEqual([404, 'BATCH_NOT_FOUND']);
    }
    const unknown = randomUUID();
    const several = await mold.anna.json('POST', '/api/generation-batches/status', {
      client_batch_ids: [id, unknown],
      batch_ids: [body.id],
    });
    expect(several.body).toEqual({
      instance_id: batch.instance_id,
      batches: [batch],
      missing: { client_batch_ids: [unknown], batch_ids: [] },
    });
  });

  it('tells in events how it comes on, until all has ended', async () => {
    mold = await startMold(FakeEngine.slow(30));
    const { body } = await create(mold.anna, randomUUID(), [request(1), request(2)]);
    const answer = await mold.anna.fetch(`/api/generation-batches/${body.id}/events`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const frames = (await answer.text()).split('\n\n').filter((frame) => frame.startsWith('event'));
    const told = frames.map((frame) => {
      const [, data = ''] = /^event: generation_batch\ndata: (.*)$/.exec(frame) ?? [];
      return JSON.parse(data) as Batch;
    });
    expect(told[0]!.children.some(({ state }) => state !== 'complete')).toBe(true);
    expect(told.at(-1)).toEqual(await batchOf(mold.anna, body.id));
    expect(told.at(-1)!.children.map(({ state }) => state)).toEqual(['complete', 'complete']);
  });
});

describe('DELETE /api/generation-batches/{id}', () => {
  it('cancels what has not ended, for who sent it', async () => {
    mold = await startMold(FakeEngine.blocking().engine);
    const { body } = await create(mold.anna, randomUUID(), [request(1), request(2)]);
    const path = `/api/generation-batches/${body.id}`;
    expect((await mold.berta.fetch(path, { method: 'DELETE' })).status).toBe(404);
    const cancelled = await mold.anna.json<Batch>('DELETE', path);
    expect(cancelled.status).toBe(200);
    expect(cancelled.body.children.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
  });
});
