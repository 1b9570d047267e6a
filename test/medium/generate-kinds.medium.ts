import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import type { JobDetails } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { jobEnd } from '../support/jobs.js';
import { safetensors, SAMPLES, writeSparse } from '../support/weight-files.js';

let server: TestApp;
let token: string;
let picture: Buffer;
const engine = FakeEngine.instant();

beforeAll(async () => {
  server = await createTestApp({ engine });
  token = await tokenOf(server.app);
  picture = await sharp({ create: { width: 32, height: 24, channels: 3, background: '#c01010' } })
    .png()
    .toBuffer();
  for (const [folder, file] of [
    ['loras', 'ink.safetensors'],
    ['controlnet', 'canny.safetensors'],
    ['esrgan', 'four.gguf'],
    ['embeddings', 'bad-hands.safetensors'],
    ['vae', 'soft.safetensors'],
  ] as const) {
    await mkdir(join(server.dataDir, 'models', folder), { recursive: true });
    await writeFile(join(server.dataDir, 'models', folder, file), 'weights');
  }
  const photo = join(server.dataDir, 'models/checkpoints/photo.safetensors');
  await writeSparse(photo, safetensors(SAMPLES.sd1));
});

afterAll(() => server.close());

const dataUrl = (): string => `data:image/png;base64,${picture.toString('base64')}`;

function ask(kind: string, body: object, as = token): Promise<Reply> {
  return send(server.app, 'POST', `/api/generate/${kind}`, bearer(as), body);
}

async function made(kind: string, body: object): Promise<JobDetails> {
  const reply = await ask(kind, body);
  expect(reply.body).toMatchObject({ status: 'queued' });
  const job = await jobEnd(server.app, token, reply.body['request_id'] as string);
  expect(job).toMatchObject({ status: 'completed', kind });
  return job;
}

describe('img2img', () => {
  it('gives the engine the picture as RGB, and how far to go from it', async () => {
    await made('img2img', { prompt: 'green apple', init_image: dataUrl(), strength: 0.5 });
    const request = engine.requests.at(-1)!;
    expect(request.initImage).toMatchObject({ width: 32, height: 24, channels: 3 });
    expect([...request.initImage!.data.subarray(0, 3)]).toEqual([192, 16, 16]);
    expect(request.strength).toBe(0.5);
  });

  it('takes plain base64, a file of a form, and an earlier output', async () => {
    const first = await made('img2img', { prompt: 'x', init_image: picture.toString('base64') });
    await made('img2img', { prompt: 'x', init_image: `job:${first.id}/image_0.png` });
    expect(engine.requests.at(-1)!.initImage).toMatchObject({ width: 128, height: 128 });
    const form = new FormData();
    form.set('prompt', '42');
    form.set('steps', '3');
    form.set('init_image', new Blob([new Uint8Array(picture)]), 'in.png');
    const { headers, body } = await encoded(form);
    const reply = await server.app.inject({
      method: 'POST',
      url: '/api/generate/img2img',
      headers: { ...bearer(token), ...headers },
      payload: body,
    });
    expect(reply.statusCode).toBe(202);
    await jobEnd(server.app, token, reply.json<{ request_id: string }>().request_id);
    expect(engine.requests.at(-1)).toMatchObject({ prompt: '42', steps: 3 });
  });

  it('keeps the bytes of the picture out of the job', async () => {
    const job = await made('img2img', { prompt: 'x', init_image: dataUrl() });
    const { options } = job.parameters as { options: Record<string, string> };
    expect(options['init_image']).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['no picture', {}],
    ['a text', { init_image: 'not a picture!' }],
    ['half a picture', { init_image: 'iVBORw0KGgo=' }],
    ['an output of nobody', { init_image: 'job:0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44/image_0.png' }],
  ])('refuses %s, naming the field', async (_name, body) => {
    const reply = await ask('img2img', { prompt: 'x', ...body });
    expect(errorOf(reply)).toMatchObject({ code: 'VALIDATION_ERROR', status_code: 400 });
    expect(errorOf(reply).message).toContain('init_image');
  });

  it('should not use the output of another user', async () => {
    await addUser(server.app, 'anna', 'user');
    const { id } = await made('text2img', { prompt: 'mine' });
    const anna = await tokenOf(server.app, 'anna');
    const reply = await ask('img2img', { prompt: 'x', init_image: `job:${id}/image_0.png` }, anna);
    expect(errorOf(reply).code).toBe('VALIDATION_ERROR');
  });
});

async function encoded(form: FormData): Promise<{ headers: Record<string, string>; body: Buffer }> {
  const response = new Response(form);
  const type = response.headers.get('content-type')!;
  return { headers: { 'content-type': type }, body: Buffer.from(await response.arrayBuffer()) };
}

describe('the other kinds', () => {
  it('inpainting gives the mask as one channel', async () => {
    await made('inpainting', { prompt: 'x', init_image: dataUrl(), mask_image: dataUrl() });
    expect(engine.requests.at(-1)!.maskImage).toMatchObject({ width: 32, height: 24, channels: 1 });
  });

  it('controlnet loads the named model and gives the edges when asked to', async () => {
    const size = { model_name: 'photo', width: 64, height: 64 };
    const body = { ...size, prompt: 'x', control_net: 'canny', control_image: dataUrl() };
    await made('controlnet', { ...body, control_strength: 0.4 });
    const { controlImage, controlStrength } = engine.requests.at(-1)!;
    expect(controlStrength).toBe(0.4);
    expect(controlImage!.data[0]).toBe(192);
    await made('controlnet', { ...body, canny: true });
    expect(engine.requests.at(-1)!.controlImage!.data[0]).toBe(0);
  });

  it('upscale makes the picture as large as the model does, or as was asked for', async () => {
    const four = await made('upscale', { image: dataUrl() });
    expect(four.outputs[0]).toMatchObject({ width: 128, height: 96 });
    expect(four.parameters).toMatchObject({ options: { model_name: 'tiny-emoji-x4' } });
    const two = await made('upscale', { image: dataUrl(), model_name: 'four', upscale_factor: 2 });
    expect(two.outputs[0]).toMatchObject({ width: 64, height: 48 });
    expect(two.outputs[0]).not.toHaveProperty('seed');
  });

  it('upscale does not take what draws, and a drawing does not take an upscaler', async () => {
    const enlarging = await ask('upscale', { image: dataUrl(), model_name: 'tiny-emoji' });
    const drawing = await ask('text2img', { prompt: 'x', model_name: 'tiny-emoji-x4' });
    for (const reply of [enlarging, drawing])
      expect([reply.status, errorOf(reply).code]).toEqual([404, 'MODEL_NOT_FOUND']);
    expect(errorOf(enlarging).message).toContain('esrgan model "tiny-emoji"');
  });

  it('text2video makes one file of all frames', async () => {
    const job = await made('text2video', { prompt: 'x', video_frames: 5, video_format: 'webp' });
    expect(job.outputs).toHaveLength(1);
    expect(job.outputs[0]).toMatchObject({ filename: 'video_0.webp', content_type: 'image/webp' });
    const { rawPayload } = await server.app.inject({ method: 'GET', url: job.outputs[0]!.url });
    expect((await sharp(rawPayload, { pages: -1 }).metadata()).pages).toBe(5);
  });
});

describe('what a request names besides its model', () => {
  it('is found: LoRAs by list and in the prompt, embeddings, a VAE', async () => {
    await made('text2img', {
      prompt: 'a cat<lora:ink:0.5>',
      loras: [{ name: 'ink.safetensors', multiplier: -1 }, 'ink'],
      embeddings: ['bad-hands'],
      vae_path: 'soft',
    });
    const { prompt, loras } = engine.requests.at(-1)!;
    expect(prompt).toBe('a cat');
    expect(loras!.map(({ multiplier }) => multiplier)).toEqual([0.5, -1, 1]);
    for (const { path } of loras!) expect(path).toMatch(/loras\/ink\.safetensors$/);
  });

  it('reaches the engine in its own words', async () => {
    await made('text2img', {
      prompt: 'x',
      vae_tiling: true,
      vae_tile_overlap: 0.25,
      cache_mode: 'easycache',
      cache_reuse_threshold: 0.3,
      hires_fix: true,
      hires_scale: 2,
      slg_scale: 2.5,
      skip_layers: [7, 8],
      custom_sigmas: [10, 5, 0],
    });
    expect(engine.requests.at(-1)).toMatchObject({
      vaeTiling: { enabled: true, targetOverlap: 0.25 },
      cache: { mode: 'easycache', reuseThreshold: 0.3 },
      hires: { enabled: true, scale: 2 },
      slg: { scale: 2.5, layers: [7, 8] },
      customSigmas: [10, 5, 0],
    });
  });

  it('is the default upscaler where a second pass wants one and names none', async () => {
    const second = { prompt: 'x', hires_fix: true, hires_scale: 2 };
    const usual = await made('text2img', { ...second, hires_upscaler: 'model' });
    expect(usual.parameters).toMatchObject({ options: { hires_upscale_model: 'tiny-emoji-x4' } });
    expect(engine.requests.at(-1)!.hires!.modelPath).toMatch(/tiny-emoji-x4\.safetensors$/);
    await made('text2img', { ...second, hires_upscaler: 'Model', hires_upscale_model: 'four' });
    expect(engine.requests.at(-1)!.hires!.modelPath).toMatch(/four\.gguf$/);
    const latent = await made('text2img', { ...second, hires_upscaler: 'Latent' });
    expect(latent.parameters).not.toHaveProperty('options.hires_upscale_model');
  });

  it('is a JPEG or a WebP where that was asked for', async () => {
    for (const [format, type] of [
      ['jpeg', 'image/jpeg'],
      ['webp', 'image/webp'],
    ]) {
      const job = await made('text2img', { prompt: 'x', output_format: format });
      const reply = await server.app.inject({ method: 'GET', url: job.outputs[0]!.url });
      expect(reply.headers['content-type']).toBe(type);
      expect((await sharp(reply.rawPayload).metadata()).format).toBe(format);
    }
  });
});

describe('what can be asked for', () => {
  const get = (path: string): Promise<Reply> => send(server.app, 'GET', path, bearer(token));

  it('is told: samplers, schedulers, parameters', async () => {
    const { samplers, schedulers } = await engine.facts();
    expect(samplers).toContain('dpm++2m');
    expect((await get('/api/samplers')).body).toEqual({
      samplers: samplers.map((name) => name.replaceAll('++', 'pp')),
    });
    expect((await get('/api/schedulers')).body).toEqual({ schedulers });
    expect((await get('/api/parameters')).body['parameters']).toMatchObject({
      width: { min: 64, max: 4096, default: 1024, step: 8 },
      height: { min: 64, max: 4096, default: 1024, step: 8 },
      steps: { min: 1, max: 150, default: 20, step: 1 },
      cfg_scale: { min: 1, max: 30, default: 7, step: 0.1 },
      batch_count: { min: 1, max: 50, default: 1, step: 1 },
    });
  });

  it('says which of it concerns loading, and among which models parts are looked for', async () => {
    const parameters = (await get('/api/parameters')).body['parameters'] as Record<string, object>;
    expect(parameters).toMatchObject({
      vae_on_cpu: { loading: true },
      vae_path: { loading: true, model_types: ['vae', 'taesd'] },
    });
    expect(parameters['steps']).not.toHaveProperty('loading');
    expect(parameters['hires_upscale_model']).not.toHaveProperty('loading');
    expect(parameters['lora_model_dir']).not.toHaveProperty('loading');
  });

  it('is checked without a credential, and corrected', async () => {
    const body = { prompt: 'x', width: 100, steps: 999, cfg_scale: 'much', seed: -5, wrong: 1 };
    const reply = await send(server.app, 'POST', '/api/validate', {}, body);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ valid: false });
    const errors = reply.body['errors'] as Array<{ field: string }>;
    expect(errors.map(({ field }) => field)).toEqual([
      'width',
      'steps',
      'cfg_scale',
      'seed',
      'wrong',
    ]);
    const corrected = { prompt: 'x', width: 104, steps: 150, cfg_scale: 7, seed: 'random' };
    expect(reply.body['corrected']).toEqual(corrected);
    const again = await send(server.app, 'POST', '/api/validate', {}, corrected);
    expect(again.body).toMatchObject({ valid: true, errors: [] });
  });

  it('is estimated from what was finished', async () => {
    const reply = await send(server.app, 'POST', '/api/estimate', bearer(token), { prompt: 'x' });
    const { estimate } = reply.body as { estimate: Record<string, number> };
    expect(estimate['based_on']).toBeGreaterThan(0);
    expect(estimate['time_ms']).toBeGreaterThanOrEqual(0);
    expect(estimate['cost']).toBeCloseTo((128 * 128 * 8) / 1e6);
    expect(estimate['memory_bytes']).toBeGreaterThan(20_000_000);
  });
});
