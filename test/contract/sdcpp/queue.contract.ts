import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EngineError, FakeEngine } from '../../../src/engine/index.js';
import { cancel, jobEnd, jobWhen, submitted } from '../../support/jobs.js';
import { sdcppHouse, type SdcppHouse } from '../../support/sdcpp-house.js';

interface Job {
  job_id: string;
  type: string;
  status: string;
  progress: Record<string, number>;
  created_at: string;
  started_at?: string;
  completed_at?: string;
  outputs: string[];
  output_urls: string[];
  params: Record<string, unknown>;
  model_settings: Record<string, unknown>;
  error?: string;
}

const SECOND = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

const itemsOf = (body: Record<string, unknown>): Job[] => body['items'] as Job[];

describe('List Queue: GET /queue', () => {
  let house: SdcppHouse;
  let ids: string[];

  beforeAll(async () => {
    house = await sdcppHouse();
    const { app } = house.server;
    ids = [];
    for (const prompt of ['a lovely cat', 'a dog in the park', 'a red apple']) {
      const id = await submitted(app, house.tokens.anna, { prompt, width: 64, height: 64 });
      await jobEnd(app, house.tokens.anna, id);
      ids.push(id);
    }
    const other = await submitted(app, house.tokens.bert, { prompt: 'a secret' });
    await jobEnd(app, house.tokens.bert, other);
  });

  afterAll(() => house.close());

  it('has the counts and the jobs of the document, the newest first', async () => {
    const { status, body } = await house.ask('/queue');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      pending_count: 0,
      processing_count: 0,
      completed_count: 3,
      failed_count: 0,
      cancelled_count: 0,
      total_count: 3,
      filtered_count: 3,
      page: 1,
      total_pages: 1,
      has_more: false,
      has_prev: false,
      all_titles: [],
    });
    expect(itemsOf(body).map(({ job_id }) => job_id)).toEqual(ids.toReversed());
    const [first] = itemsOf(body);
    expect(first).toMatchObject({
      type: 'txt2img',
      status: 'completed',
      outputs: [`${ids[2]}/image_0.png`],
      output_urls: [`${house.base}/output/${ids[2]}/image_0.png`],
      params: { prompt: 'a red apple', width: 64, height: 64 },
      model_settings: { model_loaded: true, upscaler_loaded: false },
    });
    expect(first?.created_at).toMatch(SECOND);
    expect(first?.started_at).toMatch(SECOND);
    expect(first?.completed_at).toMatch(SECOND);
  });

  it('has addresses that lead to the files', async () => {
    const { body } = await house.ask('/queue');
    const [address = ''] = itemsOf(body)[0]?.output_urls ?? [];
    const answer = await fetch(address);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/png');
    await answer.arrayBuffer();
  });

  it('shows nobody else’s, but to administrators who ask for all', async () => {
    const own = await house.ask('/queue', { token: house.tokens.bert });
    expect(itemsOf(own.body).map(({ params }) => params['prompt'])).toEqual(['a secret']);
    const admin = await house.ask('/queue', { token: house.tokens.admin });
    expect(admin.body).toMatchObject({ total_count: 0, items: [] });
    const all = await house.ask('/queue?all=true', { token: house.tokens.admin });
    expect(all.body).toMatchObject({ total_count: 4, filtered_count: 4 });
    const refused = await house.ask('/queue?all=true');
    expect(refused.status).toBe(403);
    expect(refused.body['error']).toEqual(expect.any(String));
  });

  it.each([
    ['?limit=2', [2, 1], { has_more: true, has_prev: false, page: 1, total_pages: 2 }],
    ['?limit=2&page=2', [0], { has_more: false, has_prev: true, page: 2, offset: 2 }],
    ['?limit=2&offset=1', [1, 0], { has_more: false, has_prev: true, offset: 1 }],
    ['?limit=1&page=9', [], { filtered_count: 3, has_more: false }],
    ['?search=cat', [0], { filtered_count: 1, total_count: 3, applied_filters: { search: 'cat' } }],
    ['?status=completed&type=txt2img', [2, 1, 0], { filtered_count: 3 }],
    ['?status=failed', [], { filtered_count: 0, applied_filters: { status: 'failed' } }],
    ['?type=img2img', [], { applied_filters: { type: 'img2img' } }],
    ['?status=all&type=all&search=', [2, 1, 0], { filtered_count: 3 }],
    ['?titles=x,y', [], { applied_filters: { titles: ['x', 'y'] } }],
    ['?before=1000', [], { filtered_count: 0 }],
    ['?after=1000', [2, 1, 0], { filtered_count: 3 }],
  ])('understands %s', async (query, expected, fields) => {
    const { status, body } = await house.ask(`/queue${query}`);
    expect(status).toBe(200);
    expect(itemsOf(body).map(({ job_id }) => ids.indexOf(job_id))).toEqual(expected);
    expect(body).toMatchObject(fields);
  });

  it('groups by the day', async () => {
    const { body } = await house.ask('/queue?group_by=date&limit=2');
    const groups = body['groups'] as { date: string; label: string; count: number; items: Job[] }[];
    expect(body['group_by']).toBe('date');
    expect(body['items']).toBeUndefined();
    expect(groups.flatMap(({ items }) => items.map(({ job_id }) => job_id))).toEqual([
      ids[2],
      ids[1],
    ]);
    expect(groups[0]?.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(body).toMatchObject({ filtered_count: 3, has_more: true });
  });

  it.each([
    '?page=1&offset=0',
    '?page=0',
    '?limit=0',
    '?limit=5000',
    '?status=queued',
    '?type=text2img',
    '?group_by=week',
    '?sort=name',
    '?before=yesterday',
    '?all=perhaps',
  ])('refuses %s', async (query) => {
    const { status, body } = await house.ask(`/queue${query}`);
    expect(status).toBe(400);
    expect(body['error']).toEqual(expect.any(String));
  });
});

describe('Get Job Status: GET /queue/{job_id}', () => {
  let house: SdcppHouse;
  let engine: ReturnType<typeof FakeEngine.blocking>;

  beforeEach(async () => {
    engine = FakeEngine.blocking(6);
    house = await sdcppHouse({ engine: engine.engine });
  });

  afterEach(async () => {
    engine.open();
    await house.close();
  });

  const BATCH = { prompt: 'a lovely cat', seed: 5, steps: 4, batch_count: 3 };

  it('counts steps of each picture and of all, while it runs and at its end', async () => {
    const { app } = house.server;
    const id = await submitted(app, house.tokens.anna, BATCH);
    const waiting = await submitted(app, house.tokens.anna, BATCH);
    await jobWhen(app, house.tokens.anna, id, ({ current_step }) => current_step === 5);
    const { body } = await house.ask(`/queue/${id}`);
    expect(body).toMatchObject({
      job_id: id,
      status: 'processing',
      outputs: [],
      progress: {
        step: 1,
        total_steps: 4,
        current_image: 1,
        total_images: 3,
        all_steps: 12,
        current_all_steps: 5,
        percentage: 41.7,
      },
    });
    expect(body['completed_at']).toBeUndefined();
    const { body: pending } = await house.ask(`/queue/${waiting}`);
    expect(pending).toMatchObject({
      status: 'pending',
      progress: { step: 0, total_steps: 4, total_images: 3, all_steps: 12, percentage: 0 },
    });
    expect(pending['started_at']).toBeUndefined();
    engine.open();
    await jobEnd(app, house.tokens.anna, id);
    const { body: done } = await house.ask(`/queue/${id}`);
    expect(done).toMatchObject({
      status: 'completed',
      progress: {
        step: 4,
        total_steps: 4,
        current_image: 2,
        total_images: 3,
        all_steps: 12,
        current_all_steps: 12,
        percentage: 100,
      },
      outputs: [`${id}/image_0.png`, `${id}/image_1.png`, `${id}/image_2.png`],
      params: { prompt: 'a lovely cat', seed: 5, steps: 4, batch_count: 3 },
    });
  });

  it('answers 404 as the document does, also for what is somebody else’s', async () => {
    const id = await submitted(house.server.app, house.tokens.bert, BATCH);
    for (const path of [
      `/queue/${id}`,
      '/queue/550e8400-e29b-41d4-a716-446655440000',
      '/queue/x',
    ]) {
      const { status, body } = await house.ask(path);
      expect(status).toBe(404);
      expect(body).toMatchObject({ error: 'Job not found' });
    }
  });

  describe('Cancel Job: DELETE /queue/{job_id}', () => {
    it('cancels what waits and what runs', async () => {
      const { app } = house.server;
      const running = await submitted(app, house.tokens.anna, BATCH);
      const waiting = await submitted(app, house.tokens.anna, BATCH);
      await jobWhen(app, house.tokens.anna, running, ({ current_step }) => current_step === 5);
      for (const id of [waiting, running]) {
        const { status, body } = await house.ask(`/queue/${id}`, { method: 'DELETE' });
        expect(status).toBe(200);
        expect(body).toEqual({ success: true, message: 'Job cancelled' });
        expect((await house.ask(`/queue/${id}`)).body['status']).toBe('cancelled');
      }
    });

    it('refuses what has ended, is not there, or is somebody else’s', async () => {
      const { app } = house.server;
      const other = await submitted(app, house.tokens.bert, BATCH);
      const ended = await submitted(app, house.tokens.anna, BATCH);
      await cancel(app, house.tokens.anna, ended);
      for (const id of [ended, other, 'x']) {
        const { status, body } = await house.ask(`/queue/${id}`, { method: 'DELETE' });
        expect(status).toBe(400);
        expect(body['error']).toMatch(/^Cannot cancel job/);
      }
      expect((await jobWhen(app, house.tokens.bert, other, () => true)).status).not.toBe(
        'cancelled',
      );
    });
  });
});

describe('failures', () => {
  it('are told in words', async () => {
    const house = await sdcppHouse({ engine: FakeEngine.failing(EngineError.failed('no luck')) });
    const id = await submitted(house.server.app, house.tokens.anna);
    await jobEnd(house.server.app, house.tokens.anna, id);
    const { body } = await house.ask(`/queue/${id}`);
    expect(body).toMatchObject({ status: 'failed', error: expect.stringContaining('no luck') });
    expect((await house.ask('/queue')).body).toMatchObject({ failed_count: 1 });
    await house.close();
  });
});
