import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { jobEnd, submitted } from '../../support/jobs.js';
import { sdcppHouse, type SdcppHouse } from '../../support/sdcpp-house.js';

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

describe('a server that makes no previews', () => {
  it('says so, whatever is set', async () => {
    const none = await sdcppHouse({ env: { ATELIER_PREVIEWS: 'false' } });
    const { body } = await none.ask('/preview/settings', { method: 'PUT', body: EXAMPLE });
    expect(body['settings']).toEqual({ ...EXAMPLE, enabled: false });
    await none.close();
  });
});
