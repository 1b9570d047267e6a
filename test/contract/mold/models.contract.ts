import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { PHOTO, SCHNELL, startMold, type MoldServer } from '../../support/mold.js';

let mold: MoldServer;

beforeAll(async () => {
  mold = await startMold(FakeEngine.onDevice());
});

afterAll(() => mold.close());

interface ModelEntry {
  name: string;
  is_loaded: boolean;
  [field: string]: unknown;
}

async function modelsOf(): Promise<ModelEntry[]> {
  const { status, body } = await mold.anna.json<ModelEntry[]>('GET', '/api/models');
  expect(status).toBe(200);
  return body;
}

async function text(asked: Promise<Response>): Promise<[number, string]> {
  const answer = await asked;
  return [answer.status, await answer.text()];
}

describe('GET /api/models', () => {
  it('lists what draws by its name and tag', async () => {
    const models = await modelsOf();
    expect(models.map(({ name }) => name)).toEqual(
      expect.arrayContaining([SCHNELL, 'flux-dev:q4', PHOTO]) as string[],
    );
    expect(models.find(({ name }) => name === SCHNELL)).toEqual({
      name: SCHNELL,
      family: 'flux',
      size_gb: expect.any(Number) as number,
      is_loaded: false,
      last_used: null,
      hf_repo: '',
      default_steps: 20,
      default_guidance: 7,
      default_width: 1024,
      default_height: 1024,
      description: '',
      downloaded: true,
      disk_usage_bytes: expect.any(Number) as number,
      remaining_download_bytes: 0,
    });
  });
});

describe('POST /api/models/load and DELETE /api/models/unload', () => {
  it('loads a model for who asks, and for nobody else', async () => {
    const loaded = await text(mold.anna.post('/api/models/load', { model: 'photo' }));
    expect(loaded).toEqual([200, `model '${PHOTO}' loaded`]);
    expect((await modelsOf()).find(({ name }) => name === PHOTO)?.is_loaded).toBe(true);
    const status = await mold.anna.json('GET', '/api/status');
    expect(status.body['models_loaded']).toEqual([PHOTO]);
    const small = { prompt: 'a cat', width: 64, height: 64, steps: 1 };
    for (const client of [mold.anna, mold.berta])
      await (await client.post('/api/generate', small)).arrayBuffer();
    const [[annas], [bertas]] = [await mold.jobs(mold.anna), await mold.jobs(mold.berta)];
    expect([annas!.model, bertas!.model]).toEqual(['photo.safetensors', 'tiny-emoji']);
    const unloaded = await text(mold.anna.fetch('/api/models/unload', { method: 'DELETE' }));
    expect(unloaded).toEqual([200, `model '${PHOTO}' unloaded`]);
    await (await mold.anna.post('/api/generate', small)).arrayBuffer();
    expect((await mold.jobs(mold.anna))[0]!.model).toBe('tiny-emoji');
    const again = await text(mold.anna.fetch('/api/models/unload', { method: 'DELETE' }));
    expect(again).toEqual([200, 'no model was loaded']);
  });

  it('says 404 for a model that is not here', async () => {
    const { status, body } = await mold.anna.json('POST', '/api/models/load', { model: 'none:q8' });
    expect({ status, code: body['code'] }).toEqual({ status: 404, code: 'MODEL_NOT_FOUND' });
    const missing = await mold.anna.json('POST', '/api/models/load', {});
    expect(missing.status).toBe(422);
  });
});

describe('GET /api/status', () => {
  it('tells what the server is and how it does', async () => {
    const [first, second] = [
      await mold.anna.json('GET', '/api/status'),
      await mold.berta.json('GET', '/api/status'),
    ];
    expect(first.body).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      git_sha: expect.any(String) as string,
      build_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
      busy: false,
      current_generation: null,
      uptime_secs: expect.any(Number) as number,
      hostname: expect.stringMatching(/./) as string,
      instance_id: expect.stringMatching(/^[\da-f]{32}$/) as string,
      queue_depth: 0,
      queue_capacity: 1000,
    });
    expect(second.body['instance_id']).toBe(first.body['instance_id']);
    expect((await mold.stranger.json('GET', '/api/status')).status).toBe(401);
  });
});

describe('GET /health', () => {
  it('answers anybody', async () => {
    expect(await text(mold.stranger.fetch('/health'))).toEqual([200, 'ok']);
  });
});

describe('GET /api/openapi.json and /api/docs', () => {
  it('describe all of this', async () => {
    const { body } = await mold.anna.json<{ paths: object }>('GET', '/api/openapi.json');
    expect(Object.keys(body.paths)).toContain('/mold/api/generate/stream');
    const docs = await mold.anna.fetch('/api/docs');
    expect([docs.status, docs.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
  });
});
