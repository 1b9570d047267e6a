import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError, FakeEngine } from '../../../src/engine/index.js';
import { startMold, type MoldClient, type MoldServer } from '../../support/mold.js';
import { batchOf, request, settled, type Batch } from '../../support/mold-batches.js';
import { until } from '../../support/until.js';

const CLIENT_ID = 'x-mold-client-batch-id';

let mold: MoldServer;

afterEach(() => mold.close());

async function create(client: MoldClient, id = randomUUID(), count = 1): Promise<Batch> {
  const requests = Array.from({ length: count }, (_, index) => request(index + 1));
  const body = { client_batch_id: id, requests };
  return (await client.json<Batch>('POST', '/api/generation-batches', body)).body;
}

describe('POST /api/queue/{id}/retry', () => {
  let open: () => void;

  beforeEach(async () => {
    const blocked = FakeEngine.blocking();
    open = blocked.open;
    mold = await startMold(blocked.engine);
  });

  it('draws a picture again under its id, and once where it is asked for twice', async () => {
    const { id, instance_id } = await create(mold.anna, randomUUID(), 2);
    const path = `/api/generation-batches/${id}`;
    const { body: cancelled } = await mold.anna.json<Batch>('DELETE', path);
    const [child] = cancelled.children as [Batch['children'][number]];
    expect(child).toMatchObject({ state: 'cancelled', retryable: true });
    const retry = `/api/queue/${child.job_id}/retry`;
    const meant = { instance_id, batch_id: id, client_batch_id: id, job_id: child.job_id };
    const wrong = await mold.anna.json('POST', retry, { ...meant, instance_id: 'another' });
    expect([wrong.status, wrong.body['code']]).toEqual([409, 'RETRY_MISMATCH']);
    expect((await mold.berta.json('POST', retry, meant)).status).toBe(404);
    const twice = await Promise.all([1, 2].map(() => mold.anna.json('POST', retry, meant)));
    expect(twice.map(({ status }) => status)).toContain(202);
    expect(await mold.jobs(mold.anna)).toHaveLength(3);
    open();
    const after = await settled(mold.anna, id);
    expect(after.children).toMatchObject([
      { index: 1, job_id: child.job_id, state: 'complete' },
      { index: 2, job_id: cancelled.children[1]!.job_id, state: 'cancelled' },
    ]);
    const gallery = await mold.anna.json<{ filename: string; metadata: object }[]>(
      'GET',
      '/api/gallery',
    );
    expect(gallery.body).toMatchObject([
      { filename: after.children[0]!.result!.filename, metadata: { job_id: child.job_id } },
    ]);
    const again = await mold.anna.json('POST', retry, meant);
    expect([again.status, again.body['code']]).toEqual([409, 'JOB_NOT_RETRYABLE']);
  });

  it('knows the jobs of a batch in the queue by their ids', async () => {
    const { children } = await create(mold.anna);
    const [{ job_id: id }] = children as [Batch['children'][number]];
    const { body } = await mold.anna.json<{ entries: { id: string }[] }>('GET', '/api/queue');
    expect(body.entries.map((entry) => entry.id)).toEqual([id]);
    const gone = await mold.anna.fetch(`/api/queue/${id}`, { method: 'DELETE' });
    expect(gone.status).toBe(204);
  });
});

describe('a batch that fails', () => {
  it('says why, picture by picture', async () => {
    mold = await startMold(FakeEngine.failing(EngineError.failed('out of paint')));
    const { id } = await create(mold.anna);
    const { children } = await settled(mold.anna, id);
    const [job] = await mold.jobs(mold.anna);
    expect(children).toMatchObject([
      {
        state: 'failed',
        error: job!.error!.message,
        error_code: job!.error!.code,
        retryable: true,
      },
    ]);
  });
});

describe('GET /api/queue/{id}/preview', () => {
  it('shows the picture in the making, until it is made', async () => {
    mold = await startMold(FakeEngine.slow(60));
    const body = { client_batch_id: randomUUID(), requests: [{ ...request(1), steps: 40 }] };
    const { body: batch } = await mold.anna.json<Batch>('POST', '/api/generation-batches', body);
    const path = `/api/queue/${batch.children[0]!.job_id}/preview`;
    expect((await mold.berta.json('GET', path)).status).toBe(404);
    const seen = await until('a preview', 10_000, async () => {
      const { body: now } = await mold.anna.json<Record<string, unknown>>('GET', path);
      return 'preview_image' in now && now;
    });
    expect(seen).toMatchObject({ stage: 'Denoising', total: 40 });
    const picture = Buffer.from(String(seen['preview_image']), 'base64');
    expect((await sharp(picture).metadata()).format).toBe('png');
    await mold.anna.json('DELETE', `/api/generation-batches/${batch.id}`);
    const ended = await mold.anna.json('GET', path);
    expect([ended.status, ended.body['code']]).toEqual([404, 'JOB_NOT_FOUND']);
  });
});

describe('X-Mold-Client-Batch-Id', () => {
  it('answers with the picture, and then with how its batch is', async () => {
    mold = await startMold();
    for (const path of ['/api/generate', '/api/generate/stream']) {
      const id = randomUUID();
      const headers = { [CLIENT_ID]: id };
      const first = await mold.anna.post(path, request(7), { headers });
      expect(first.headers.get('content-type')).toMatch(/^image\/png|^text\/event-stream/);
      await first.arrayBuffer();
      const again = await mold.anna.post(path, request(7), { headers });
      expect(again.headers.get('content-type')).toMatch(/^application\/json/);
      const batch = (await again.json()) as Batch;
      expect(batch).toEqual(await batchOf(mold.anna, `by-client/${id}`));
      expect(batch.children).toMatchObject([{ state: 'complete', result: { seed: 7 } }]);
      const changed = await mold.anna.post(path, request(8), { headers });
      expect(changed.status).toBe(409);
    }
    expect(await mold.jobs(mold.anna)).toHaveLength(2);
    const headers = { [CLIENT_ID]: 'seven' };
    expect((await mold.anna.post('/api/generate', request(7), { headers })).status).toBe(422);
  });

  it('has the job go on without its client', async () => {
    const { engine, open } = FakeEngine.blocking();
    mold = await startMold(engine);
    const id = randomUUID();
    const gone = new AbortController();
    const headers = { [CLIENT_ID]: id };
    const answer = mold.anna.post('/api/generate', request(7), { headers, signal: gone.signal });
    await until('its job', 10_000, async () => {
      const [job] = await mold.jobs(mold.anna);
      return job?.status === 'processing';
    });
    gone.abort();
    await expect(answer).rejects.toThrow(/abort/);
    open();
    const { children } = await settled(mold.anna, id);
    expect(children).toMatchObject([{ state: 'complete', result: { seed: 7 } }]);
  });
});
