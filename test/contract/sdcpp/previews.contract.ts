import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { jobEnd, submitted } from '../../support/jobs.js';
import { sdcppHouse, type SdcppHouse } from '../../support/sdcpp-house.js';
import { until } from '../../support/until.js';

let house: SdcppHouse;
let engine: FakeEngine;

beforeAll(async () => {
  engine = FakeEngine.instant();
  house = await sdcppHouse({ engine });
});

afterAll(() => house.close());

const EXAMPLE = { enabled: true, mode: 'tae', interval: 1, max_size: 256, quality: 75 };

const put = (body: unknown, token?: string) =>
  house.ask('/preview/settings', { method: 'PUT', body, ...(token ? { token } : {}) });

/** What the engine was asked for, for a picture of this user. */
async function previewOf(token: string): Promise<unknown> {
  const id = await submitted(house.server.app, token, { prompt: 'x', steps: 12 });
  await jobEnd(house.server.app, token, id);
  return engine.requests.at(-1)?.preview;
}

describe('Get Preview Settings: GET /preview/settings', () => {
  it('answers as the example does while nothing was set', async () => {
    const { status, body } = await house.ask('/preview/settings', { token: house.tokens.admin });
    expect(status).toBe(200);
    expect(body).toEqual(EXAMPLE);
  });
});

describe('Update Preview Settings: PUT /preview/settings', () => {
  it('takes the example and answers as its example does', async () => {
    const { status, body } = await put(EXAMPLE);
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, settings: EXAMPLE });
  });

  it('changes only what it names', async () => {
    await put(EXAMPLE);
    const { body } = await put({ mode: 'proj', quality: 50 });
    expect(body['settings']).toEqual({ ...EXAMPLE, mode: 'proj', quality: 50 });
    expect((await house.ask('/preview/settings')).body).toEqual(body['settings']);
  });

  it.each(['none', 'proj', 'tae', 'vae'])('knows the mode %s', async (mode) => {
    const { body } = await put({ mode });
    expect(body['settings']).toMatchObject({ mode });
  });

  it.each([
    { mode: 'best' },
    { enabled: 'yes' },
    { interval: 0 },
    { interval: 101 },
    { interval: 1.5 },
    { max_size: 63 },
    { max_size: 1025 },
    { quality: 0 },
    { quality: 101 },
    { quality: '75' },
    { size: 3 },
    { mode: null },
  ])('refuses %j', async (body) => {
    const before = await house.ask('/preview/settings');
    const reply = await put(body);
    expect(reply.status).toBe(400);
    expect(reply.body['error']).toEqual(expect.any(String));
    expect((await house.ask('/preview/settings')).body).toEqual(before.body);
  });

  it.each([
    { set: { interval: 3, mode: 'proj' }, asked: { mode: 'proj', interval: 3 } },
    { set: { interval: 100, mode: 'vae' }, asked: { mode: 'vae', interval: 100 } },
    { set: { mode: 'none' }, asked: undefined },
    { set: { mode: 'vae', enabled: false }, asked: undefined },
  ])('rules what the engine is asked for: %j', async ({ set, asked }) => {
    await put({ ...EXAMPLE, ...set });
    expect(await previewOf(house.tokens.anna)).toEqual(asked);
  });

  it('leaves others alone, who get none while nobody watches', async () => {
    await put({ ...EXAMPLE, mode: 'vae' });
    const { body } = await house.ask('/preview/settings', { token: house.tokens.bert });
    expect(body).toEqual(EXAMPLE);
    expect(await previewOf(house.tokens.bert)).toBeUndefined();
  });
});

describe('GET /jobs/{id}/preview', () => {
  let slow: SdcppHouse;
  let gate: ReturnType<typeof FakeEngine.blocking>;

  beforeAll(async () => {
    gate = FakeEngine.blocking(3);
    slow = await sdcppHouse({ engine: gate.engine });
  });

  afterAll(() => slow.close());

  it('is the latest picture in the making, for its owner, while the job runs', async () => {
    const settings = { ...EXAMPLE, mode: 'vae', max_size: 64 };
    await slow.ask('/preview/settings', { method: 'PUT', body: settings });
    const token = slow.tokens.anna;
    const id = await submitted(slow.server.app, token, {
      prompt: 'x',
      steps: 4,
      width: 128,
      height: 256,
    });
    const path = `/jobs/${id}/preview`;
    const answer = await until('a preview', 10_000, async () => {
      const got = await slow.fetch(path);
      if (got.status === 200 && got.headers.get('x-preview-step') === '2') return got;
      await got.arrayBuffer();
      return undefined;
    });
    expect(answer.headers.get('content-type')).toBe('image/jpeg');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('x-preview-width')).toBe('32');
    expect(answer.headers.get('x-preview-height')).toBe('64');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 32, height: 64 });
    expect((await slow.ask(path, { token: slow.tokens.bert })).status).toBe(404);
    expect((await slow.ask(path, { token: '' })).status).toBe(401);
    gate.open();
    await jobEnd(slow.server.app, token, id);
    const { status, body } = await slow.ask(path);
    expect(status).toBe(404);
    expect(body['error']).toBe('No preview available');
  });

  it('is not there for jobs that are not there', async () => {
    const { status } = await slow.ask('/jobs/550e8400-e29b-41d4-a716-446655440000/preview');
    expect(status).toBe(404);
  });
});

describe('a server that makes no previews', () => {
  it('says so, whatever is set', async () => {
    const none = await sdcppHouse({ env: { ATELIER_PREVIEWS: 'false' } });
    const { body } = await none.ask('/preview/settings', { method: 'PUT', body: EXAMPLE });
    expect(body['settings']).toEqual({ ...EXAMPLE, enabled: false });
    await none.close();
  });
});
