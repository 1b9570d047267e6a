import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { ModelsService } from '../../../src/models/index.js';
import { A1111Client, basicOf, SD15, startA1111, type A1111Server } from '../../support/a1111.js';
import { safetensors, SAMPLES, writeSparse } from '../../support/weight-files.js';

let a1111: A1111Server;

beforeAll(async () => {
  a1111 = await startA1111(FakeEngine.instant(), { ATELIER_MODELS_WATCH: 'false' });
});

afterAll(() => a1111.close());

async function namesOf(path: string, key = 'name'): Promise<unknown[]> {
  const { status, body } = await a1111.anna.get<Record<string, unknown>[]>(path);
  expect(status).toBe(200);
  return body.map((entry) => entry[key]);
}

describe('the lists', () => {
  it('have models by their titles, with the hash once it is known', async () => {
    expect(await namesOf('sd-models', 'title')).toEqual(
      expect.arrayContaining([SD15, 'SD1x/photo.safetensors', 'sd_xl_base_1.0.safetensors']),
    );
    const models = a1111.server.app.get(ModelsService);
    const sha256 = await models.hashOf((await models.find(SD15)).path);
    const { body } = await a1111.anna.get<Record<string, unknown>[]>('sd-models');
    expect(body.find(({ filename }) => filename === SD15)).toEqual({
      title: `${SD15} [${sha256.slice(0, 10)}]`,
      model_name: 'v1-5-pruned-emaonly',
      hash: sha256.slice(0, 10),
      sha256,
      filename: SD15,
      config: null,
    });
  });

  it('have what the engine and the models folders offer', async () => {
    expect(await namesOf('samplers')).toEqual(
      expect.arrayContaining(['Euler', 'Euler a', 'DPM++ 2M', 'DDIM', 'LCM']),
    );
    expect(await namesOf('schedulers')).toEqual(
      expect.arrayContaining(['automatic', 'karras', 'sgm_uniform', 'align_your_steps']),
    );
    expect(await namesOf('upscalers')).toEqual([
      'None',
      'Lanczos',
      'Nearest',
      'RealESRGAN_x4plus',
      'tiny-emoji-x4',
    ]);
    expect(await namesOf('latent-upscale-modes')).toContain('Latent (bicubic antialiased)');
    const vae = 'vae-ft-mse-840000-ema-pruned.safetensors';
    expect(await namesOf('sd-vae', 'model_name')).toEqual([vae]);
    expect(await namesOf('sd-modules', 'model_name')).toEqual([vae]);
    expect(await namesOf('loras')).toEqual(['add_detail']);
    const { body } = await a1111.anna.get('embeddings');
    expect(Object.keys(body['loaded'] as object)).toEqual(['easynegative']);
  });

  it.each(['hypernetworks', 'face-restorers', 'realesrgan-models', 'prompt-styles', 'script-info'])(
    'say that there are no %s',
    async (path) => {
      expect(await a1111.anna.get(path)).toMatchObject({ status: 200, body: [] });
    },
  );

  it('have no scripts, so that clients send none unasked', async () => {
    expect((await a1111.anna.get('scripts')).body).toEqual({ txt2img: [], img2img: [] });
    expect((await a1111.anna.get('cmd-flags')).body).toEqual({ api: true, nowebui: true });
  });

  it('tell the memory', async () => {
    const { body } = await a1111.anna.get('memory');
    const { free, used, total } = body['ram'] as Record<string, number>;
    expect(total).toBe(free! + used!);
    expect(body['cuda']).toEqual({ error: 'unavailable' });
  });
});

describe('looking again, loading and unloading', () => {
  it.each([
    ['refresh-checkpoints', 'checkpoints', SAMPLES.sd1, 'sd-models'],
    ['refresh-vae', 'vae', SAMPLES.vae, 'sd-vae'],
    ['refresh-loras', 'loras', SAMPLES.lora, 'loras'],
    ['refresh-embeddings', 'embeddings', { emb_params: [4, 768] }, 'embeddings'],
  ] as const)(
    '%s is for everybody: clients do so of themselves',
    async (path, folder, tensors, list) => {
      const file = join(a1111.server.dataDir, 'models', folder, 'came-later.safetensors');
      await writeSparse(file, safetensors(tensors));
      expect(await a1111.anna.post(path)).toMatchObject({ status: 200, body: {} });
      expect(JSON.stringify((await a1111.anna.get(list)).body)).toContain('came-later');
      await rm(file);
    },
  );

  it.each(['unload-checkpoint', 'reload-checkpoint'])('%s is answered', async (path) => {
    expect(await a1111.anna.post(path)).toMatchObject({ status: 200, body: {} });
  });
});

describe('errors', () => {
  it('are as the original has them', async () => {
    const { status, body } = await a1111.anna.get('nothing-here');
    expect(status).toBe(404);
    expect(body).toEqual({
      error: 'NOT_FOUND',
      detail: expect.stringContaining('/sdapi/v1/nothing-here'),
      body: '',
      errors: '',
    });
  });

  it.each([
    ['nothing', undefined],
    ['an empty setting', ''],
    ['a setting that was never made', Buffer.from('undefined').toString('base64')],
    ['a wrong password', basicOf('anna', 'wrong')],
  ])('ask for a name and a password where there is %s', async (_, basic) => {
    const stranger = new A1111Client(a1111.base, basic);
    const { status, headers, body } = await stranger.get('options');
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(body).toMatchObject({ detail: expect.any(String), errors: '' });
  });
});
