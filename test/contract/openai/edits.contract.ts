import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine, type ImageRequest } from '../../../src/engine/index.js';
import type { JobDetails } from '../../../src/queue/index.js';
import { temporaryFolder, type TemporaryFolder } from '../../support/folder.js';
import { startOpenai, type OpenaiReply, type OpenaiServer } from '../../support/openai.js';
import { gguf, SAMPLES, writeSparse } from '../../support/weight-files.js';

let openai: OpenaiServer;
let engine: FakeEngine;
let picture: Buffer;

beforeAll(async () => {
  engine = FakeEngine.instant();
  openai = await startOpenai(engine);
  picture = await png(128, 64);
});

afterAll(() => openai.close());

function png(width: number, height: number): Promise<Buffer> {
  const create = { width, height, channels: 3, background: '#c01010' } as const;
  return sharp({ create }).png().toBuffer();
}

/** A mask of 64x64 pixels in two halves, each of gray and alpha. */
function mask(left: [number, number], right: [number, number]): Promise<Buffer> {
  const rows = Array.from({ length: 64 * 64 }, (_, at) => {
    const [gray, alpha] = at % 64 < 32 ? left : right;
    return [gray, gray, gray, alpha];
  });
  const raw = { width: 64, height: 64, channels: 4 } as const;
  return sharp(Buffer.from(rows.flat()), { raw }).png().toBuffer();
}

type Fields = Record<string, string | Buffer | Buffer[] | undefined>;

function formOf(fields: Fields): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) {
      if (typeof one === 'string') form.append(name, one);
      else if (one) form.append(name, new Blob([new Uint8Array(one)]), `${name}.png`);
    }
  }
  return form;
}

const SMALL = { prompt: 'green apple', steps: '1', seed: '42' };

function edit(fields: Fields): Promise<OpenaiReply> {
  return openai.anna.form('/images/edits', formOf({ ...SMALL, ...fields }));
}

async function drawn(reply: OpenaiReply): Promise<{ job: JobDetails; request: ImageRequest }> {
  expect([reply.status, reply.body['error']]).toEqual([200, undefined]);
  const [job] = await openai.jobs(openai.anna);
  return { job: job!, request: engine.requests.at(-1)! };
}

function optionsOf({ parameters }: JobDetails): Record<string, unknown> {
  return (parameters as { options: Record<string, unknown> }).options;
}

describe('POST /v1/images/edits', () => {
  it('begins from the picture, in its shape', async () => {
    const reply = await edit({ image: picture, response_format: 'b64_json' });
    const { job, request } = await drawn(reply);
    expect([job.kind, job.prompt]).toEqual(['img2img', 'green apple']);
    expect(request.initImage).toMatchObject({ width: 128, height: 64, channels: 3 });
    const { width, height } = optionsOf(job);
    expect(Number(width) / Number(height)).toBeCloseTo(2, 0);
    expect(reply.body).toMatchObject({
      data: [{ b64_json: expect.any(String) as string }],
      size: `${String(width)}x${String(height)}`,
    });
  });

  it('takes every field as a text', async () => {
    const reply = await edit({
      'image[]': [picture],
      model: 'gpt-image-1',
      n: '2',
      size: '64x128',
      quality: 'high',
      background: 'auto',
      output_format: 'jpeg',
      output_compression: '80',
      input_fidelity: 'high',
      stream: 'false',
      partial_images: '0',
      user: 'user-1234',
      cfg_scale: '2.5',
    });
    const { job } = await drawn(reply);
    expect(optionsOf(job)).toMatchObject({
      batch_count: 2,
      width: 64,
      height: 128,
      output_format: 'jpeg',
      output_quality: 80,
      strength: 0.5,
      cfg_scale: 2.5,
      seed: 42,
    });
    expect(job.origin).toEqual({
      dialect: 'openai',
      params: expect.not.objectContaining({ image: expect.anything() as unknown }) as object,
      tags: { 'openai.user': 'user-1234' },
    });
    expect(reply.body['data']).toHaveLength(2);
  });

  it.each([
    [{ input_fidelity: 'low' }, 0.75],
    [{ input_fidelity: 'high', strength: '0.3' }, 0.3],
    [{}, 0.75],
  ])('goes from the picture as far as %j says', async (said, strength) => {
    const { job } = await drawn(await edit({ image: picture, ...said }));
    expect(optionsOf(job)).toMatchObject({ strength });
  });

  it('paints where the mask is transparent', async () => {
    const half = await mask([0, 0], [0, 255]);
    const reply = await edit({ image: await png(64, 64), mask: half, size: '64x64' });
    const { job, request } = await drawn(reply);
    expect(job.kind).toBe('inpainting');
    const { data, channels, width } = request.maskImage!;
    expect([channels, width]).toEqual([1, 64]);
    expect([data[0], data[63]]).toEqual([255, 0]);
  });

  it('paints where a mask without transparency is white', async () => {
    const half = await mask([255, 255], [0, 255]);
    const opaque = await sharp(half).removeAlpha().png().toBuffer();
    const { request } = await drawn(
      await edit({ image: await png(64, 64), mask: opaque, size: '64x64' }),
    );
    const { data } = request.maskImage!;
    expect([data[0], data[63]]).toEqual([255, 0]);
  });

  it.each<[string, Fields]>([
    ['image', { image: undefined }],
    ['image', { image: Buffer.from('no picture') }],
    ['mask', { mask: Buffer.from('no picture') }],
    ['prompt', { prompt: undefined }],
    ['n', { n: '11' }],
    ['n', { n: 'two' }],
    ['size', { size: '64' }],
    ['background', { background: 'transparent' }],
    ['input_fidelity', { input_fidelity: 'middling' }],
    ['stream', { stream: 'perhaps' }],
    ['style', { style: 'vivid' }],
    ['steps', { steps: 'many' }],
  ])('refuses a wrong %s: %j', async (param, wrong) => {
    const { status, body } = await edit({ image: picture, ...wrong });
    expect([status, body['error']]).toEqual([
      400,
      {
        message: expect.stringContaining(param) as string,
        type: 'invalid_request_error',
        code: 'invalid_value',
        param,
      },
    ]);
  });

  it('refuses several pictures for a model that begins from one', async () => {
    const { status, body } = await edit({ 'image[]': [picture, picture] });
    expect([status, body['error']]).toMatchObject([
      400,
      { param: 'image', message: expect.stringContaining('tiny-emoji') as string },
    ]);
  });

  it('wants a form', async () => {
    const { status, body } = await openai.anna.post('/images/edits', SMALL);
    expect([status, body['error']]).toMatchObject([400, { code: 'invalid_parameters' }]);
  });

  it('joins the job of an earlier try, whose form has another boundary', async () => {
    const before = (await openai.jobs(openai.anna)).length;
    const form = { ...SMALL, prompt: 'one edit', image: picture };
    for (const count of ['0', '1']) {
      const { status } = await openai.anna.fetch('/images/edits', {
        method: 'POST',
        body: formOf(form),
        headers: { 'x-stainless-retry-count': count },
      });
      expect(status).toBe(200);
    }
    expect(await openai.jobs(openai.anna)).toHaveLength(before + 1);
  });

  it('is not for strangers', async () => {
    const { status } = await openai.stranger.form('/images/edits', formOf({ image: picture }));
    expect(status).toBe(401);
  });
});

describe('POST /v1/images/edits with a model that edits what it is shown', () => {
  let folder: TemporaryFolder;
  let kontext: OpenaiServer;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeSparse(
      join(folder.path, 'diffusion_models/flux1-kontext-dev.gguf'),
      gguf(SAMPLES.flux),
    );
    kontext = await startOpenai(engine, {
      ATELIER_MODELS_DIR: folder.path,
      ATELIER_DEFAULT_MODEL: 'flux1-kontext-dev',
    });
  });

  afterAll(async () => {
    await kontext.close();
    await folder.remove();
  });

  it('shows it every picture, and begins from none', async () => {
    const form = formOf({ ...SMALL, 'image[]': [picture, await png(64, 64)], size: '64x64' });
    const { status, body } = await kontext.anna.form('/images/edits', form);
    expect([status, body['error']]).toEqual([200, undefined]);
    const [job] = await kontext.jobs(kontext.anna);
    expect(job!.kind).toBe('text2img');
    const { refImages, initImage } = engine.requests.at(-1)!;
    expect(refImages).toMatchObject([{ width: 128 }, { width: 64 }]);
    expect(initImage).toBeUndefined();
  });

  it('begins from the first where a part of it is to stay', async () => {
    const half = await mask([0, 0], [0, 255]);
    const image = await png(64, 64);
    const form = formOf({ ...SMALL, image, mask: half, size: '64x64' });
    const { status, body } = await kontext.anna.form('/images/edits', form);
    expect([status, body['error']]).toEqual([200, undefined]);
    const { refImages, initImage, maskImage } = engine.requests.at(-1)!;
    expect([refImages?.length, initImage?.width, maskImage?.width]).toEqual([1, 64, 64]);
  });
});

describe('POST /v1/images/variations', () => {
  it('makes pictures like the picture, without a word', async () => {
    const fields = { image: picture, n: '2', size: '64x64', response_format: 'b64_json' };
    const form = formOf({ ...fields, model: 'dall-e-2', user: 'me', steps: '1' });
    const reply = await openai.anna.form('/images/variations', form);
    const { job } = await drawn(reply);
    expect([job.kind, job.prompt]).toEqual(['img2img', '']);
    expect(optionsOf(job)).toMatchObject({ batch_count: 2, width: 64, strength: 0.6 });
    expect(reply.body['data']).toHaveLength(2);
  });

  it.each<[string, Fields]>([
    ['image', {}],
    ['image', { 'image[]': [Buffer.from('1'), Buffer.from('2')] }],
    ['mask', { image: Buffer.from('1'), mask: Buffer.from('2') }],
    ['n', { image: Buffer.from('1'), n: '0' }],
  ])('refuses a wrong %s', async (param, fields) => {
    const { status, body } = await openai.anna.form('/images/variations', formOf(fields));
    expect([status, body['error']]).toMatchObject([400, { param }]);
  });
});
