import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { jobEnd } from '../support/jobs.js';

let server: TestApp;
let token: string;
let picture: string;

beforeAll(async () => {
  server = await createTestApp();
  token = await tokenOf(server.app);
  const red = sharp({ create: { width: 16, height: 16, channels: 3, background: '#c00' } });
  picture = (await red.png().toBuffer()).toString('base64');
});

afterAll(() => server.close());

const post = (path: string, body: object, headers = bearer(token)): Promise<Reply> =>
  send(server.app, 'POST', path, headers, body);

const get = (path: string): Promise<Reply> => send(server.app, 'GET', path, bearer(token));

/** The body of the document's text2img, word for word but for the names of files that are not there. */
const DOCUMENTED = {
  model_name: 'tiny-emoji',
  prompt: 'string',
  negative_prompt: 'string',
  width: 1024,
  height: 1024,
  steps: 20,
  cfg_scale: 7.0,
  sampling_method: 'euler',
  scheduler: 'karras',
  seed: 'random',
  batch_count: 1,
  clip_skip: 1,
  n_threads: 4,
  offload_params_to_cpu: false,
  clip_on_cpu: false,
  vae_on_cpu: false,
  diffusion_flash_attn: false,
  diffusion_conv_direct: false,
  vae_conv_direct: false,
};

const FILES = ['vae_path', 'clip_l_path', 'clip_g_path', 'taesd_path'];

describe('POST /api/generate/text2img', () => {
  it('takes the documented body and answers as documented', async () => {
    const { status, body } = await post('/api/generate/text2img', DOCUMENTED);
    expect(status).toBe(202);
    expect(body).toEqual({
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      status: 'queued',
      message: 'Generation request queued successfully',
    });
    const job = await jobEnd(server.app, token, body['request_id'] as string);
    expect(job).toMatchObject({ status: 'completed', prompt: 'string' });
  });

  it('takes the body of the example at the end of the document', async () => {
    const body = {
      model_name: 'tiny-emoji',
      prompt: 'A beautiful landscape',
      width: 1024,
      height: 1024,
      steps: 20,
      cfg_scale: 7.0,
    };
    expect((await post('/api/generate/text2img', body)).status).toBe(202);
  });

  it.each([...FILES, 'embedding_dir', 'lora_model_dir'])(
    'takes nothing for %s, and says so of what is not there',
    async (field) => {
      expect((await post('/api/generate/text2img', { prompt: 'x', [field]: '' })).status).toBe(202);
      const reply = await post('/api/generate/text2img', { prompt: 'x', [field]: 'string' });
      expect(errorOf(reply)).toMatchObject({ code: 'VALIDATION_ERROR', status_code: 400 });
      expect(errorOf(reply).message).toContain(field);
    },
  );

  it('needs authentication', async () => {
    const reply = await post('/api/generate/text2img', DOCUMENTED, { authorization: '' });
    expect(errorOf(reply)).toMatchObject({ code: 'AUTH_REQUIRED', status_code: 401 });
  });

  it('says MODEL_NOT_FOUND of a model that is not there', async () => {
    const body = { prompt: 'x', model_name: 'sd_xl_base_1.0.safetensors' };
    const reply = await post('/api/generate/text2img', body);
    expect(errorOf(reply)).toMatchObject({ code: 'MODEL_NOT_FOUND', status_code: 404 });
  });
});

describe.each([
  ['img2img', () => ({ prompt: 'x', init_image: picture })],
  ['inpainting', () => ({ prompt: 'x', init_image: picture, mask_image: picture })],
])('POST /api/generate/%s', (kind, body) => {
  it('answers in the shape of text2img', async () => {
    const reply = await post(`/api/generate/${kind}`, body());
    expect([reply.status, reply.body['status']]).toEqual([202, 'queued']);
  });

  it('needs authentication', async () => {
    const reply = await post(`/api/generate/${kind}`, body(), { authorization: '' });
    expect(reply.status).toBe(401);
  });
});

describe.each([
  [
    'controlnet',
    () => ({ prompt: 'x', control_image: picture, control_net: 'canny' }),
    'control_net',
  ],
  ['upscale', () => ({ image: picture, model_name: 'RealESRGAN_x4' }), 'RealESRGAN_x4'],
])('POST /api/generate/%s', (kind, body, named) => {
  it('says of a model that is not there which one it is', async () => {
    const reply = await post(`/api/generate/${kind}`, body());
    expect([400, 404]).toContain(reply.status);
    expect(errorOf(reply).message).toContain(named);
  });
});

describe('utilities', () => {
  it('GET /api/samplers and /api/schedulers answer as documented', async () => {
    const { body: samplers } = await get('/api/samplers');
    expect(samplers).toEqual({
      samplers: expect.arrayContaining(['euler', 'euler_a']) as string[],
    });
    const { body: schedulers } = await get('/api/schedulers');
    expect(schedulers).toEqual({
      schedulers: expect.arrayContaining(['discrete', 'karras']) as string[],
    });
  });

  it('GET /api/parameters has the documented bounds and defaults', async () => {
    const { body } = await get('/api/parameters');
    expect(body['parameters']).toMatchObject({
      width: { min: 64, max: 4096, default: 1024, step: 8 },
      height: { min: 64, max: 4096, default: 1024, step: 8 },
      steps: { min: 1, max: 150, default: 20, step: 1 },
      cfg_scale: { min: 1.0, max: 30.0, default: 7.0, step: 0.1 },
      batch_count: { min: 1, max: 50, default: 1, step: 1 },
    });
  });

  it('POST /api/validate is public', async () => {
    const reply = await post('/api/validate', DOCUMENTED, { authorization: '' });
    expect(reply.body).toMatchObject({ valid: true, errors: [] });
  });

  it('POST /api/estimate needs authentication', async () => {
    expect((await post('/api/estimate', DOCUMENTED, { authorization: '' })).status).toBe(401);
    const { body } = await post('/api/estimate', DOCUMENTED);
    expect(body['estimate']).toMatchObject({ cost: expect.closeTo(20.97, 1) as number });
  });
});
