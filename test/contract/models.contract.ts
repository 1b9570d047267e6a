import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { safetensors, SAMPLES, writeSparse } from '../support/weight-files.js';

let server: TestApp;
let folder: TemporaryFolder;
let admin: string;
let user: string;

function path(name: string): string {
  return join(folder.path, name);
}

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeSparse(path('checkpoints/sd_xl_base_1.0.safetensors'), safetensors(SAMPLES.sdxl));
  await writeSparse(path('checkpoints/photo.safetensors'), safetensors(SAMPLES.sd1));
  await writeSparse(path('vae/soft.safetensors'), safetensors(SAMPLES.vae));
  await writeSparse(path('loras/detail.safetensors'), safetensors(SAMPLES.lora));
  server = await createTestApp({
    env: { STABLE_DIFFUSION_MODELS_DIR: folder.path, ATELIER_MODELS_WATCH: 'false' },
  });
  await addUser(server.app, 'anna', 'user');
  await server.listen();
  admin = await tokenOf(server.app);
  user = await tokenOf(server.app, 'anna');
});

afterAll(async () => {
  await server.close();
  await folder.remove();
});

const ask = (
  method: 'GET' | 'POST',
  route: string,
  token?: string,
  body?: object,
): Promise<Reply> =>
  send(server.app, method, route, token === undefined ? {} : bearer(token), body);

async function namesOf(query: string): Promise<string[]> {
  const { body } = await ask('GET', `/api/models${query}`, user);
  return (body['models'] as { name: string }[]).map(({ name }) => name);
}

describe('GET /api/models', () => {
  it('lists all available models to a user, and to nobody else', async () => {
    const { status, body } = await ask('GET', '/api/models', user);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['models', 'total', 'pagination']);
    expect(body).toMatchObject({
      total: 6,
      pagination: { total: 6, page: 1, limit: 50, total_pages: 1 },
    });
    const stranger = await ask('GET', '/api/models');
    expect([stranger.status, errorOf(stranger).code]).toEqual([401, 'AUTH_REQUIRED']);
  });

  it('filters by type', async () => {
    expect(await namesOf('?type=vae')).toEqual(['soft.safetensors']);
    expect(await namesOf('?type=lora')).toEqual(['detail.safetensors']);
    expect(await namesOf('?type=checkpoint')).toHaveLength(2);
  });

  it('searches in names and descriptions', async () => {
    expect(await namesOf('?search=BASE')).toEqual(['sd_xl_base_1.0.safetensors']);
    expect(await namesOf('?search=emoji-like')).toEqual(['tiny-emoji']);
  });

  it.each(['name', 'size', 'date', 'type', 'loaded'])('sorts by %s, both ways', async (field) => {
    const up = await namesOf(`?sort_by=${field}&sort_order=asc`);
    const down = await namesOf(`?sort_by=${field}&sort_order=desc`);
    expect(up).toHaveLength(6);
    expect(down.toSorted()).toEqual(up.toSorted());
  });

  it('sorts by size in the order of the sizes', async () => {
    const { body } = await ask('GET', '/api/models?sort_by=size&sort_order=desc', user);
    const sizes = (body['models'] as { size: number }[]).map(({ size }) => size);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  it('gives pages; a limit of 0 is no limit', async () => {
    const all = await namesOf('?limit=0');
    expect(all).toHaveLength(6);
    expect(await namesOf('?limit=2&page=2')).toEqual(all.slice(2, 4));
  });

  it('filters by date, size category and loaded state', async () => {
    expect(await namesOf('?date_from=2999-01-01')).toEqual([]);
    expect(await namesOf('?size_category=small')).toHaveLength(6);
    expect(await namesOf('?loaded=true')).toEqual([]);
  });

  it.each(['sort_by=colour', 'sort_order=up', 'limit=-1', 'page=0'])(
    'refuses %s with the documented error',
    async (query) => {
      const reply = await ask('GET', `/api/models?${query}`, user);
      expect(reply.status).toBe(400);
      expect(errorOf(reply)).toEqual({
        message: expect.any(String) as string,
        code: 'VALIDATION_ERROR',
        status_code: 400,
        request_id: expect.any(String) as string,
        timestamp: expect.any(Number) as number,
        problems: expect.any(Array) as unknown[],
      });
    },
  );
});

describe('POST /api/models/{modelId}/load and /unload', () => {
  it('answer as documented, by hash as in the example', async () => {
    const hashed = await ask('POST', '/api/models/photo/hash', admin);
    const hash = String(hashed.body['sha256']);
    const model = 'photo.safetensors';
    const loaded = await ask('POST', `/api/models/${hash}/load`, admin);
    expect([loaded.status, loaded.body]).toEqual([
      200,
      { message: 'Model loaded successfully', model },
    ]);
    expect(await namesOf('?loaded=true')).toEqual([model]);
    const unloaded = await ask('POST', `/api/models/${hash}/unload`, admin);
    expect([unloaded.status, unloaded.body]).toEqual([
      200,
      { message: 'Model unloaded successfully', model },
    ]);
  });

  it('say MODEL_NOT_FOUND and MODEL_NOT_LOADED', async () => {
    for (const verb of ['load', 'unload']) {
      const reply = await ask('POST', `/api/models/no-such/${verb}`, admin);
      expect([reply.status, errorOf(reply).code]).toEqual([404, 'MODEL_NOT_FOUND']);
    }
    const reply = await ask('POST', '/api/models/photo/unload', admin);
    expect([reply.status, errorOf(reply).code]).toEqual([409, 'MODEL_NOT_LOADED']);
  });

  it.each(['/photo/load', '/photo/unload', '/refresh'])('%s is for admins', async (route) => {
    const reply = await ask('POST', `/api/models${route}`, user);
    expect([reply.status, errorOf(reply).code]).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
  });
});

describe('GET /api/models/types', () => {
  it('begins with the documented types', async () => {
    const { status, body } = await ask('GET', '/api/models/types', user);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['types']);
    expect((body['types'] as string[]).slice(0, 7)).toEqual([
      'checkpoint',
      'vae',
      'lora',
      'controlnet',
      'embedding',
      'esrgan',
      'taesd',
    ]);
  });
});

describe('POST /api/models/refresh', () => {
  it('answers as documented', async () => {
    await writeSparse(path('loras/new.safetensors'), safetensors(SAMPLES.lora));
    const { status, body } = await ask('POST', '/api/models/refresh', admin);
    expect(status).toBe(200);
    expect(body).toEqual({
      message: 'Model refresh completed',
      models_found: 7,
      models_updated: 1,
    });
  });
});

describe('GET /api/models/{modelId}', () => {
  it('tells of one model, by its hash as in the example', async () => {
    const hashed = await ask('POST', '/api/models/sd_xl_base_1.0.safetensors/hash', admin);
    const { status, body } = await ask('GET', `/api/models/${String(hashed.body['sha256'])}`, user);
    expect(status).toBe(200);
    expect(body['model']).toMatchObject({
      name: 'sd_xl_base_1.0.safetensors',
      type: 'checkpoint',
      architecture: 'sdxl',
      quantization: 'f16',
    });
  });
});
