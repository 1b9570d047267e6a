import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { cancel, jobEnd, submitted } from '../../support/jobs.js';
import { createKey } from '../../support/keys.js';
import { bearer } from '../../support/auth.js';
import { SdcppFeed } from '../../support/sdcpp-feed.js';
import { sdcppHouse, type SdcppHouse } from '../../support/sdcpp-house.js';

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let house: SdcppHouse;
let gate: ReturnType<typeof FakeEngine.blocking>;
const feeds: SdcppFeed[] = [];

beforeEach(async () => {
  gate = FakeEngine.blocking(3);
  house = await sdcppHouse({ engine: gate.engine });
});

afterEach(async () => {
  gate.open();
  for (const feed of feeds.splice(0)) feed.close();
  await house.close();
});

async function open(path = '/ws', headers = bearer(house.tokens.anna)): Promise<SdcppFeed> {
  const feed = await SdcppFeed.open(`${house.base}${path}`, { headers });
  feeds.push(feed);
  return feed;
}

async function openBare(path: string, headers: Record<string, string> = {}): Promise<SdcppFeed> {
  const feed = await SdcppFeed.open(`${house.base}${path}`, { headers });
  feeds.push(feed);
  return feed;
}

const draw = (body: object = { prompt: 'a cat', steps: 4 }, token = house.tokens.anna) =>
  submitted(house.server.app, token, body);

const of =
  (id: string) =>
  (data: Record<string, unknown>): boolean =>
    data['job_id'] === id;

describe('Connection', () => {
  it.each(['/', '/ws', '/ws?x=1'])('is made at %s of a port of its own', async (path) => {
    const feed = await open(path);
    const { timestamp, data } = await feed.until('server_status');
    expect(timestamp).toMatch(MOMENT);
    expect(data).toMatchObject({
      version: expect.any(String),
      model_loaded: true,
      model_loading: false,
      model_name: expect.any(String),
      model_type: expect.any(String),
      loading_model_name: null,
      loading_step: null,
      loading_total_steps: null,
      last_error: null,
      upscaler_loaded: true,
      upscaler_name: 'tiny-emoji-x4',
    });
    expect(feed.events[0]?.event).toBe('server_status');
  });

  it('is made below the prefix on the first port', async () => {
    const { port } = house.server.app.getHttpServer().address() as { port: number };
    for (const path of ['/sdcpp/ws', '/sdcpp/']) {
      const feed = await SdcppFeed.open(`http://127.0.0.1:${port}${path}`, {
        headers: bearer(house.tokens.anna),
      });
      feeds.push(feed);
      expect((await feed.until('server_status')).data).toMatchObject({ model_loading: false });
    }
  });

  it.each<[string, () => Promise<SdcppFeed>]>([
    ['the cookie', () => openBare('/ws', { cookie: `sdcpp_auth=${house.tokens.anna}` })],
    ['?token=', () => openBare(`/ws?token=${house.tokens.anna}`)],
    [
      '?token= with a key',
      async () => {
        const { key } = await createKey(house.server.app, bearer(house.tokens.anna), {
          scopes: ['job:read'],
        });
        return openBare(`/?token=${key}`);
      },
    ],
    [
      'X-API-Key',
      async () => {
        const { key } = await createKey(house.server.app, bearer(house.tokens.anna), {
          scopes: ['job:read'],
        });
        return openBare('/', { 'x-api-key': key });
      },
    ],
  ])('takes a credential in %s', async (_, connect) => {
    const feed = await connect();
    const id = await draw();
    expect((await feed.until('job_added', of(id))).data).toMatchObject({ type: 'txt2img' });
  });

  it.each(['/ws', '/', '/ws?token=garbage', '/ws?token='])(
    'is closed with 4401 for strangers at %s',
    async (path) => {
      const feed = await openBare(path);
      expect((await feed.closed).code).toBe(4401);
      expect(feed.events).toEqual([]);
    },
  );

  it('ends with the session', async () => {
    const feed = await open();
    await feed.until('server_status');
    await house.server.app.inject({
      method: 'POST',
      url: '/api/auth/logout',
      headers: bearer(house.tokens.anna),
    });
    expect((await feed.closed).code).toBe(4401);
  });

  it('answers pings, and nothing else', async () => {
    const feed = await open();
    for (const message of ['', 'x', '[]', 'null', { type: 'hello' }]) feed.say(message);
    feed.say({ type: 'ping' });
    const { timestamp } = await feed.until('pong');
    expect(timestamp).toMatch(MOMENT);
    expect(feed.of('pong')).toHaveLength(1);
  });

  it('is told again and again how the server is and what memory it takes', async () => {
    const feed = await open();
    const { data } = await feed.until('memory_status');
    expect(data).toMatchObject({ system: { total_bytes: expect.any(Number) }, gpu: {} });
    await feed.until('memory_status');
    expect(feed.of('server_status').length).toBeGreaterThan(1);
  });

  it('is told when the server stops', async () => {
    const feed = await open();
    await feed.until('server_status');
    gate.open();
    const other = await sdcppHouse();
    const last = await SdcppFeed.open(`${other.base}/ws`, { headers: bearer(other.tokens.anna) });
    await last.until('server_status');
    await other.close();
    expect((await last.until('server_shutdown')).data).toEqual({ reason: expect.any(String) });
  });
});

describe('Job Events', () => {
  it('tell of a job from its coming to its end, in their order', async () => {
    const feed = await open();
    const id = await draw();
    await feed.until('job_progress', (data) => of(id)(data) && data['step'] === 2);
    gate.open();
    const done = await feed.until('job_status_changed', ({ status }) => status === 'completed');
    expect(done.timestamp).toMatch(MOMENT);
    expect(done.data).toMatchObject({
      job_id: id,
      status: 'completed',
      previous_status: 'processing',
      outputs: [`${id}/image_0.png`],
      started_at: expect.any(String),
      completed_at: expect.any(String),
    });
    const [added] = feed.of('job_added');
    expect(added?.data).toEqual({ job_id: id, type: 'txt2img', queue_position: 1 });
    const moves = feed
      .of('job_status_changed')
      .map(({ data }) => [data['previous_status'], data['status']]);
    expect(moves).toEqual([
      ['pending', 'processing'],
      ['processing', 'completed'],
    ]);
    const steps = feed.of('job_progress').map(({ data }) => data['step']);
    expect(steps).toEqual(steps.toSorted((a, b) => Number(a) - Number(b)));
    expect(feed.of('job_progress').at(-1)?.data).toMatchObject({
      job_id: id,
      step: 4,
      total_steps: 4,
      total_images: 1,
      percentage: 100,
    });
    const names = feed.events.map(({ event }) => event);
    expect(names.indexOf('job_added')).toBeLessThan(names.indexOf('job_progress'));
  });

  it('show the picture in the making, as it is to be', async () => {
    const settings = { enabled: true, mode: 'vae', interval: 1, max_size: 64, quality: 30 };
    await house.ask('/preview/settings', { method: 'PUT', body: settings });
    const feed = await open();
    const id = await draw({ prompt: 'a cat', steps: 4, width: 256, height: 128 });
    const { data } = await feed.until('job_preview', of(id));
    expect(data).toMatchObject({
      job_id: id,
      step: expect.any(Number),
      frame_count: 1,
      width: 64,
      height: 32,
      is_noisy: false,
      image: expect.stringMatching(/^data:image\/jpeg;base64,/),
      preview_url: expect.stringContaining(`/jobs/${id}/preview`),
    });
    const bytes = Buffer.from(String(data['image']).split(',')[1] ?? '', 'base64');
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 64, height: 32 });
  });

  it('tell of what is cancelled, waiting or running', async () => {
    const feed = await open();
    const [running, waiting] = [await draw(), await draw()];
    await feed.until('job_progress', (data) => of(running)(data) && data['step'] === 2);
    for (const [id, before] of [
      [waiting, 'pending'],
      [running, 'processing'],
    ] as const) {
      await cancel(house.server.app, house.tokens.anna, id);
      const changed = await feed.until(
        'job_status_changed',
        (data) => of(id)(data) && data['status'] === 'cancelled',
      );
      expect(changed.data['previous_status']).toBe(before);
      const cancelled = await feed.until('job_cancelled', of(id));
      expect(cancelled.data).toEqual({ job_id: id, completed_at: expect.any(String) });
    }
  });

  it('tell of what is deleted and restored', async () => {
    gate.open();
    const feed = await open();
    const id = await draw();
    await jobEnd(house.server.app, house.tokens.anna, id);
    await house.ask('/queue/jobs', { method: 'DELETE', body: { job_ids: [id] } });
    expect((await feed.until('job_deleted')).data).toEqual({ job_id: id, soft_delete: true });
    await house.ask(`/queue/${id}/restore`, { method: 'POST' });
    expect((await feed.until('job_restored')).data).toEqual({ job_id: id, status: 'completed' });
  });

  it('reach their owner and nobody else, administrators neither', async () => {
    gate.open();
    const [own, other, admin] = [
      await open(),
      await open('/ws', bearer(house.tokens.bert)),
      await open('/', bearer(house.tokens.admin)),
    ];
    const id = await draw();
    await own.until('job_status_changed', ({ status }) => status === 'completed');
    const last = await draw(undefined, house.tokens.bert);
    await other.until('job_status_changed', ({ status }) => status === 'completed');
    await admin.until('memory_status');
    const jobsOf = (feed: SdcppFeed): Set<unknown> =>
      new Set(feed.events.flatMap(({ data }) => (data['job_id'] ? [data['job_id']] : [])));
    expect(jobsOf(own)).toEqual(new Set([id]));
    expect(jobsOf(other)).toEqual(new Set([last]));
    expect(jobsOf(admin)).toEqual(new Set());
  });
});
