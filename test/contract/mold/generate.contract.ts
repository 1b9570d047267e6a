import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPictureTexts } from '../../../src/files/index.js';
import { DEV, PHOTO, SCHNELL, startMold, type MoldServer } from '../../support/mold.js';
import { until } from '../../support/until.js';

let mold: MoldServer;

beforeAll(async () => {
  mold = await startMold();
});

afterAll(() => mold.close());

const SMALL = { prompt: 'a glowing robot', width: 64, height: 64, steps: 2, seed: 42 };

async function picture(): Promise<string> {
  const create = { width: 64, height: 64, channels: 3, background: '#c01010' } as const;
  return (await sharp({ create }).png().toBuffer()).toString('base64');
}

async function made(body: object) {
  const answer = await mold.anna.post('/api/generate', body);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200) throw new Error(`${answer.status}: ${bytes.toString()}`);
  const [job] = await mold.jobs(mold.anna);
  const { options } = job!.parameters as { options: Record<string, unknown> };
  return { answer, bytes, job: job!, options };
}

async function refused(body: unknown) {
  const answer = await mold.anna.json<{ error: string; code: string }>(
    'POST',
    '/api/generate',
    body,
  );
  return { status: answer.status, ...answer.body };
}

describe('POST /api/generate', () => {
  it.each(['png', 'jpeg', 'webp'])(
    'answers with the bytes of a %s and its seed',
    async (format) => {
      const { answer, bytes, job } = await made({ ...SMALL, model: PHOTO, output_format: format });
      expect(answer.headers.get('content-type')).toBe(`image/${format}`);
      expect(answer.headers.get('x-mold-seed-used')).toBe('42');
      expect(await sharp(bytes).metadata()).toMatchObject({ format, width: 64, height: 64 });
      expect(job).toMatchObject({ kind: 'text2img', model: 'photo.safetensors' });
      expect(job.origin).toMatchObject({ dialect: 'mold', params: { prompt: SMALL.prompt } });
    },
  );

  it('needs nothing but a prompt', async () => {
    const { answer, options } = await made({ prompt: 'a glowing robot' });
    expect(answer.headers.get('x-mold-seed-used')).toBe(String(options['seed']));
    expect(options).toMatchObject({ model_name: 'tiny-emoji', width: 128, height: 128, steps: 8 });
  });

  it('takes what the command line always sends', async () => {
    const { options } = await made({
      ...SMALL,
      model: PHOTO,
      guidance: 3.5,
      batch_size: 1,
      seed: null,
      strength: 0.75,
      control_scale: 1,
      gif_preview: false,
      scheduler: 'uni-pc',
      cfg_plus: false,
      placement: { text_encoders: { kind: 'auto' } },
      a_field_of_later: true,
    });
    expect(options).toMatchObject({ cfg_scale: 3.5, batch_count: 1 });
    expect(options).not.toHaveProperty('strength');
    expect(options).not.toHaveProperty('sampling_method');
  });

  it.each([
    ['batch', 'image', 'mask'],
    ['batch_size', 'source_image', 'mask_image'],
  ])('takes %s, %s and %s', async (batch, image, mask) => {
    const input = { [image]: await picture(), strength: 0.5, [batch]: 2 };
    const begun = await made({ ...SMALL, model: PHOTO, ...input });
    expect(begun.job).toMatchObject({ kind: 'img2img', outputs: [{ seed: 42 }, { seed: 43 }] });
    expect(begun.options).toMatchObject({ strength: 0.5, batch_count: 2 });
    expect(begun.answer.headers.get('x-mold-request-warning')).toContain('1 more');
    const masked = await made({ ...SMALL, model: PHOTO, ...input, [mask]: await picture() });
    expect(masked.job.kind).toBe('inpainting');
    expect(JSON.stringify(masked.job.origin)).not.toContain(input[image]);
  });

  it.each([
    [{ lora: '/path/to/adapter.safetensors', lora_scale: 0.5 }],
    [{ lora: { path: 'adapter', scale: 0.5 } }],
    [{ loras: [{ path: '/path/to/adapter.safetensors', scale: 0.5 }] }],
  ])('takes a LoRA as %j', async (lora) => {
    const { options } = await made({ ...SMALL, model: PHOTO, ...lora });
    expect(options['loras']).toMatchObject([{ multiplier: 0.5 }]);
  });

  it('understands guidance as the model does', async () => {
    const ofFlux = await made({ ...SMALL, model: DEV, guidance: 3.5 });
    expect(ofFlux.options).toMatchObject({ guidance: 3.5, cfg_scale: 1 });
    const none = await made({ ...SMALL, model: PHOTO, guidance: 0 });
    expect(none.options).toMatchObject({ cfg_scale: 1 });
  });

  it.each([
    [{ scheduler: 'ddim' }, 'ddim_trailing'],
    [{ scheduler: 'euler-ancestral' }, 'euler_a'],
    [{ scheduler: 'euler-ancestral', cfg_plus: true }, 'euler_a_cfg_pp'],
    [{ cfg_plus: true }, 'euler_cfg_pp'],
  ])('samples with %j', async (fields, sampler) => {
    const { options } = await made({ ...SMALL, model: PHOTO, ...fields });
    expect(options['sampling_method']).toBe(sampler);
  });

  it('leaves the recipe out of the answer where that is wanted', async () => {
    const body = { ...SMALL, model: PHOTO };
    const [bare, told] = [await made({ ...body, embed_metadata: false }), await made(body)];
    expect(await readPictureTexts(bare.bytes)).toEqual({});
    expect(await readPictureTexts(told.bytes)).toHaveProperty('parameters');
  });

  it('folds a seed of 64 bits', async () => {
    const seed = 2 ** 63;
    const { answer } = await made({ ...SMALL, model: PHOTO, seed });
    const used = Number(answer.headers.get('x-mold-seed-used'));
    expect(used).toBe(seed % Number.MAX_SAFE_INTEGER);
  });

  it('makes a video of frames', async () => {
    const film = { frames: 5, fps: 8, output_format: 'webp', batch_size: 1, guidance: 3 };
    const { answer, bytes, job } = await made({ ...SMALL, model: PHOTO, ...film });
    expect(job.kind).toBe('text2video');
    expect(answer.headers.get('content-type')).toBe('image/webp');
    expect((await sharp(bytes).metadata()).pages).toBe(5);
    const told = ['frames', 'fps', 'width', 'height', 'has-audio', 'duration-ms'];
    expect(told.map((name) => answer.headers.get(`x-mold-video-${name}`))).toEqual([
      '5',
      '8',
      '64',
      '64',
      '0',
      '625',
    ]);
  });

  it('draws the same as the core does', async () => {
    const { bytes } = await made({ ...SMALL, model: PHOTO, guidance: 7 });
    const submitted = await mold.server.app.inject({
      method: 'POST',
      url: '/api/generate/text2img',
      headers: { 'x-api-key': mold.anna.key },
      payload: { ...SMALL, model_name: 'photo', cfg_scale: 7 },
    });
    expect(submitted.statusCode).toBe(202);
    const url = await until('its picture', 10_000, async () => {
      const [job] = await mold.jobs(mold.anna);
      return job?.origin === null && job.outputs[0]?.url;
    });
    const headers = { 'x-api-key': mold.anna.key };
    const { rawPayload: file } = await mold.server.app.inject({ url, headers });
    expect(file).toEqual(bytes);
  });

  it.each([
    [{ width: 72 }, 'width must be a multiple of 16.'],
    [{ width: 2048, height: 2048 }, 'width must make at most 1.8 megapixels with height.'],
    [{ steps: 101 }, 'steps must be at most 100.'],
    [{ steps: 0 }, 'steps must be'],
    [{ guidance: 101 }, 'guidance must be a number from 0 to 100.'],
    [{ batch_size: 0 }, 'batch_size must be'],
    [{ batch: 0 }, 'batch must be'],
    [{ output_format: 'gif' }, 'output_format must be one of mp4, webp for a video.'],
    [{ output_format: 'bmp' }, 'output_format must be one of png, jpeg, webp.'],
    [{ expand: 'yes' }, 'expand must be true or false.'],
    [{ lora: 7 }, 'lora must be a name, or {path, scale}.'],
    [{ lora: 'nowhere.safetensors' }, 'lora'],
    [{ scheduler: 'no-such' }, 'scheduler'],
    [{ mask: 'aGVsbG8=' }, 'source_image is missing'],
    [{ image: 'aGVsbG8=' }, 'image'],
    [{ frames: 9, embed_metadata: false }, 'embed_metadata must be true for a video.'],
    [{ enable_audio: true }, 'enable_audio cannot be used'],
    [{ prompt: 7 }, 'prompt'],
  ])('refuses %j with 422', async (fields, why) => {
    const { status, code, error } = await refused({ ...SMALL, model: PHOTO, ...fields });
    expect({ status, code }).toEqual({ status: 422, code: 'VALIDATION_ERROR' });
    expect(error).toContain(why);
  });

  it('answers 404 with a body for a model that is not here, and without one for a route', async () => {
    const unknown = await refused({ ...SMALL, model: 'flux-dev:fp16' });
    expect(unknown).toMatchObject({ status: 404, code: 'MODEL_NOT_FOUND' });
    expect(unknown['error']).toContain(SCHNELL);
    const route = await mold.anna.post('/api/no-such-route', SMALL);
    expect([route.status, await route.text()]).toEqual([404, '']);
  });

  it('knows its clients by x-api-key', async () => {
    const { status, body } = await mold.stranger.json('POST', '/api/generate', SMALL);
    expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'UNAUTHORIZED' });
  });
});
