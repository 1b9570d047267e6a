import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { jobEnd } from '../../support/jobs.js';
import { startSdcpp, type SdcppClient, type SdcppServer } from '../../support/sdcpp.js';

const SD15 = 'v1-5-pruned-emaonly.safetensors';
const SDXL = 'sd_xl_base_1.0.safetensors';
const SMALL = { prompt: 'x', width: 64, height: 64, steps: 1 };

async function draw(sdcpp: SdcppServer, client: SdcppClient): Promise<string | null> {
  const { status, body } = await client.post('/txt2img', SMALL);
  expect([status, body['error']]).toEqual([202, undefined]);
  return (await jobEnd(sdcpp.server.app, client.token, String(body['job_id']))).model;
}

describe('two users', () => {
  let sdcpp: SdcppServer;

  beforeAll(async () => {
    sdcpp = await startSdcpp();
  });

  afterAll(() => sdcpp.close());

  beforeEach(async () => {
    await sdcpp.anna.post('/models/load', { model_name: SD15 });
    await sdcpp.berta.post('/models/load', { model_name: SDXL });
  });

  it('draw each with the model that they have loaded, whoever loaded last', async () => {
    expect(await draw(sdcpp, sdcpp.anna)).toBe(SD15);
    expect(await draw(sdcpp, sdcpp.berta)).toBe(SDXL);
    expect(await draw(sdcpp, sdcpp.anna)).toBe(SD15);
  });

  it('do not take the model away from one another', async () => {
    await sdcpp.berta.post('/models/unload');
    expect((await sdcpp.anna.get('/health')).body).toMatchObject({ model_name: SD15 });
    expect(await draw(sdcpp, sdcpp.anna)).toBe(SD15);
    expect((await sdcpp.berta.post('/txt2img', SMALL)).status).toBe(400);
  });

  it('have one choice in all their log ins, which outlives these', async () => {
    const again = await sdcpp.login('anna');
    expect((await again.get('/health')).body).toMatchObject({ model_name: SD15 });
    expect((await again.get('/models')).body).toMatchObject({ loaded_model: SD15 });
  });

  it('load without disturbing the core: its requests name their model, or take the default', async () => {
    const answer = await sdcpp.server.app.inject({
      method: 'POST',
      url: '/api/generate/text2img',
      headers: { authorization: `Bearer ${sdcpp.anna.token}` },
      payload: SMALL,
    });
    const id = answer.json<{ request_id: string }>().request_id;
    expect((await jobEnd(sdcpp.server.app, sdcpp.anna.token, id)).model).toBe('tiny-emoji');
  });

  it('need the right to submit jobs, and no other, to load', async () => {
    const key = async (scopes: string[]): Promise<Record<string, string>> => {
      const answer = await sdcpp.server.app.inject({
        method: 'POST',
        url: '/api/auth/keys',
        headers: { authorization: `Bearer ${sdcpp.anna.token}` },
        payload: { name: 'a program', scopes },
      });
      return { 'x-api-key': answer.json<{ key: string }>().key };
    };
    const load = async (scopes: string[]): Promise<number> => {
      const { statusCode } = await sdcpp.server.app.inject({
        method: 'POST',
        url: '/sdcpp/models/load',
        headers: await key(scopes),
        payload: { model_name: SD15 },
      });
      return statusCode;
    };
    expect(await load(['job:create'])).toBe(200);
    expect(await load(['model:read'])).toBe(403);
  });
});

describe('a job', () => {
  it('keeps the model that it was submitted with', async () => {
    const { engine, open } = FakeEngine.blocking();
    const sdcpp = await startSdcpp(engine);
    try {
      await sdcpp.anna.post('/models/load', { model_name: SD15 });
      const first = await sdcpp.anna.post('/txt2img', SMALL);
      const second = await sdcpp.anna.post('/txt2img', SMALL);
      const loading = await sdcpp.anna.post('/models/load?wait=false', { model_name: SDXL });
      expect(loading.status).toBe(202);
      const third = await sdcpp.anna.post('/txt2img', SMALL);
      open();
      const models: (string | null)[] = [];
      for (const { body } of [first, second, third]) {
        const id = String(body['job_id']);
        models.push((await jobEnd(sdcpp.server.app, sdcpp.anna.token, id)).model);
      }
      expect(models).toEqual([SD15, SD15, SDXL]);
      expect(engine.loads.map(({ name }) => name)).toEqual([SD15, SDXL]);
    } finally {
      open();
      await sdcpp.close();
    }
  });
});

describe('loading', () => {
  it('waits its turn as every job does, and is not among the jobs of the queue', async () => {
    const { engine, open } = FakeEngine.blocking();
    const sdcpp = await startSdcpp(engine);
    try {
      await sdcpp.anna.post('/models/load', { model_name: SD15 });
      await sdcpp.anna.post('/txt2img', SMALL);
      const answer = sdcpp.berta.post('/models/load', { model_name: SDXL });
      const { body } = await sdcpp.berta.get('/queue');
      expect(body).toMatchObject({ total_count: 0, items: [] });
      expect(engine.loads.map(({ name }) => name)).toEqual([SD15]);
      open();
      expect((await answer).status).toBe(200);
      expect(engine.loads.map(({ name }) => name)).toEqual([SD15, SDXL]);
    } finally {
      open();
      await sdcpp.close();
    }
  });
});
