import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSdcpp, type SdcppServer } from '../../support/sdcpp.js';

let sdcpp: SdcppServer;

const LISTS = [
  'checkpoints',
  'diffusion_models',
  'vae',
  'loras',
  'clip',
  't5',
  'controlnets',
  'llm',
  'esrgan',
  'taesd',
  'embeddings',
  'ip_adapters',
  'motion_modules',
  'adetailers',
];

interface Entry {
  name: string;
  is_loaded?: boolean;
  hash: string | null;
}

type Lists = Record<string, Entry[]>;

beforeAll(async () => {
  sdcpp = await startSdcpp();
  const folder = join(sdcpp.server.dataDir, 'models/checkpoints/SD1x');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'small one.ckpt'), 'weights');
  await sdcpp.admin.post('/models/refresh');
});

afterAll(() => sdcpp.close());

async function names(query: string): Promise<Record<string, string[]>> {
  const { body } = await sdcpp.anna.get<Lists>(`/models${query}`);
  const full = LISTS.filter((list) => body[list]!.length > 0);
  return Object.fromEntries(full.map((list) => [list, body[list]!.map(({ name }) => name)]));
}

describe('GET /models', () => {
  it('has every list, and entries as documented', async () => {
    const { status, body } = await sdcpp.anna.get<Lists>('/models');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual([...LISTS, 'loaded_model', 'loaded_model_type']);
    expect(body['checkpoints']).toContainEqual({
      name: 'SD1x/realisticStockPhoto_v30SD15.safetensors',
      type: 'checkpoint',
      file_extension: '.safetensors',
      size_bytes: expect.any(Number) as number,
      hash: null,
      is_loaded: false,
    });
    expect(body['vae']).toContainEqual({
      name: 'vae-ft-mse-840000-ema-pruned.safetensors',
      type: 'vae',
      file_extension: '.safetensors',
      size_bytes: expect.any(Number) as number,
      hash: null,
    });
    expect(body['esrgan']!.map(({ name }) => name)).toContain('RealESRGAN_x4plus.pth');
    expect(body['taesd']!.map(({ name }) => name)).toEqual([
      'taef1_decoder.safetensors',
      'taesd_decoder.safetensors',
    ]);
  });

  it('marks the model of the caller', async () => {
    await sdcpp.anna.post('/models/load', { model_name: 'sd_xl_base_1.0.safetensors' });
    const { body } = await sdcpp.anna.get<Lists>('/models');
    expect(body).toMatchObject({
      loaded_model: 'sd_xl_base_1.0.safetensors',
      loaded_model_type: 'checkpoint',
    });
    const loaded = Object.values(body)
      .filter((list) => Array.isArray(list))
      .flat()
      .filter(({ is_loaded: isLoaded }) => isLoaded);
    expect(loaded.map(({ name }) => name)).toEqual(['sd_xl_base_1.0.safetensors']);
    expect((await sdcpp.berta.get('/models')).body['loaded_model']).toBe('tiny-emoji');
  });

  const FLUX = ['flux1-dev-Q4_K_S.gguf', 'flux1-schnell-Q5_K_M.gguf', 'flux1-schnell-Q8_0.gguf'];

  it.each<[string, Record<string, string[]>]>([
    ['?type=lora&search=detail', { loras: ['add_detail.safetensors'] }],
    ['?type=diffusion&search=flux', { diffusion_models: FLUX }],
    ['?search=FLUX', { diffusion_models: FLUX }],
    ['?name=flux1-dev', { diffusion_models: ['flux1-dev-Q4_K_S.gguf'] }],
    ['?type=vae&extension=gguf', { vae: ['ae_q8_0.gguf'] }],
    ['?type=vae&extension=.GGUF', { vae: ['ae_q8_0.gguf'] }],
    ['?extension=pth', { esrgan: ['RealESRGAN_x4plus.pth'] }],
    ['?type=clip', { clip: ['clip_g.safetensors', 'clip_l.safetensors'] }],
    ['?type=embedding', {}],
    ['?type=ip_adapter', {}],
    ['?search=no-such', {}],
  ])('%s filters', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
    const { body } = await sdcpp.anna.get(`/models${query}`);
    expect(body['applied_filters']).toEqual(Object.fromEntries(new URLSearchParams(query)));
  });

  it.each(['?type=colour', '?unknown=1', `?search=${'x'.repeat(300)}`])(
    '%s is refused',
    async (query) => {
      const { status, body } = await sdcpp.anna.get(`/models${query}`);
      expect([status, typeof body['error']]).toEqual([400, 'string']);
    },
  );
});

describe('POST /models/refresh', () => {
  it('looks again, for who may', async () => {
    const { status, body } = await sdcpp.admin.post('/models/refresh', {});
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { success: true, models: { loaded_model: 'tiny-emoji' } },
    });
    expect((await sdcpp.anna.post('/models/refresh', {})).status).toBe(403);
  });
});

describe('GET /models/paths', () => {
  it('has a folder for each type of the document, for who may', async () => {
    const { body } = await sdcpp.admin.get('/models/paths');
    const names = [
      'checkpoints',
      'diffusion_models',
      'vae',
      'lora',
      'clip',
      't5',
      'embeddings',
      'controlnet',
      'llm',
      'esrgan',
      'taesd',
    ];
    expect(Object.keys(body).toSorted()).toEqual(names.toSorted());
    const folder = join(sdcpp.server.dataDir, 'models/checkpoints');
    expect(body['checkpoints']).toBe(folder);
    expect((await sdcpp.anna.get('/models/paths')).status).toBe(403);
  });
});

describe('GET /models/hash', () => {
  const NAME = 'SD1x/small one.ckpt';

  it('answers as documented, and the list has it from then on', async () => {
    const hash = createHash('sha256').update('weights').digest('hex');
    const path = `/models/hash/checkpoint/${encodeURIComponent(NAME)}`;
    expect(await sdcpp.anna.get(path)).toMatchObject({
      status: 200,
      body: { model_name: NAME, model_type: 'checkpoint', hash },
    });
    const { body } = await sdcpp.anna.get<Lists>('/models?search=small');
    expect(body['checkpoints']![0]!.hash).toBe(hash);
  });

  it.each([
    ['checkpoint/invalid_model.safetensors', 404],
    ['vae/small%20one.ckpt', 404],
    [`checkpoint/${'x'.repeat(300)}`, 404],
    ['colour/x', 400],
    ['checkpoint/..%2F..%2F..%2Fetc%2Fpasswd', 404],
    ['checkpoint/%252e%252e%252fetc%252fpasswd', 404],
    ['checkpoint/%2Fetc%2Fpasswd', 404],
    ['checkpoint/x%00y', 404],
    [`checkpoint/${'x'.repeat(3000)}`, 414],
  ])('%s is refused', async (path, status) => {
    const answer = await sdcpp.anna.get(`/models/hash/${path}`);
    expect([answer.status, typeof answer.body['error']]).toEqual([status, 'string']);
  });
});
