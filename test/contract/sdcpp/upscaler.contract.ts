import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accepted, loadExample, made } from '../../support/sdcpp-jobs.js';
import { pictureBase64, startSdcpp, type SdcppServer } from '../../support/sdcpp.js';

let sdcpp: SdcppServer;
let picture: string;

beforeAll(async () => {
  sdcpp = await startSdcpp();
  picture = await pictureBase64(8, 6);
});

afterAll(() => sdcpp.close());

const NAME = 'RealESRGAN_x4plus.pth';

/** The document's body of "Load Upscaler". */
const DOCUMENTED = { model_name: NAME, n_threads: -1, tile_size: 128 };

const SMALL = { width: 64, height: 64, steps: 1 };

describe('POST /upscaler/load', () => {
  it('takes the documented body and answers as documented', async () => {
    expect(await sdcpp.anna.post('/upscaler/load', DOCUMENTED)).toMatchObject({
      status: 200,
      body: {
        success: true,
        message: 'Upscaler loaded successfully',
        model_name: NAME,
        upscale_factor: 4,
      },
    });
    expect((await sdcpp.anna.get('/health')).body).toMatchObject({
      upscaler_loaded: true,
      upscaler_name: NAME,
    });
    expect(sdcpp.engine.loads.at(-1)).toMatchObject({ options: { tileSize: 128 } });
  });

  it('is for the caller alone', async () => {
    await sdcpp.anna.post('/upscaler/load', DOCUMENTED);
    await sdcpp.berta.post('/upscaler/unload');
    expect((await sdcpp.berta.get('/health')).body).toMatchObject({ upscaler_loaded: false });
    expect((await sdcpp.anna.get('/health')).body).toMatchObject({ upscaler_name: NAME });
  });

  it.each<[string, object, number, string]>([
    ['no name', {}, 400, 'model_name is required'],
    ['what is not there', { model_name: 'no.pth' }, 404, 'There is no'],
    ['a model that draws', { model_name: 'v1-5-pruned.safetensors' }, 404, 'There is no'],
    ['an unknown field', { ...DOCUMENTED, colour: 1 }, 400, 'There is no field "colour"'],
    [
      'a tile that is too small',
      { ...DOCUMENTED, tile_size: 3 },
      400,
      'tile_size must be 0, or 16',
    ],
    ['a number that is none', { ...DOCUMENTED, n_threads: 'x' }, 400, 'n_threads must be'],
  ])('refuses %s', async (_name, body, status, message) => {
    const answer = await sdcpp.anna.post('/upscaler/load', body);
    expect([answer.status, answer.body['error']]).toEqual([
      status,
      expect.stringContaining(message) as string,
    ]);
  });
});

describe('POST /upscaler/unload', () => {
  it('answers as documented, and nothing is enlarged any more', async () => {
    expect(await sdcpp.anna.send('POST', '/upscaler/unload')).toMatchObject({
      status: 200,
      body: { success: true, message: 'Upscaler unloaded' },
    });
    expect(await sdcpp.anna.post('/upscale', { image_base64: picture })).toMatchObject({
      status: 400,
      body: { error: 'No upscaler loaded' },
    });
    const drawn = { prompt: 'x', ...SMALL, upscale: true };
    expect(await sdcpp.anna.post('/txt2img', drawn)).toMatchObject({
      status: 400,
      body: { error: 'No upscaler loaded' },
    });
  });
});

describe('POST /upscale', () => {
  beforeAll(async () => {
    await sdcpp.anna.post('/upscaler/load', DOCUMENTED);
  });

  it('takes the documented body, with the upscaler that is loaded, once', async () => {
    const loads = sdcpp.engine.loads.length;
    const job = await made(sdcpp, '/upscale', {
      image_base64: picture,
      upscale_factor: 4,
      tile_size: 128,
      repeats: 1,
    });
    expect(job).toMatchObject({ kind: 'upscale', model: NAME });
    expect(job.outputs).toMatchObject([{ width: 32, height: 24 }]);
    expect(sdcpp.engine.loads).toHaveLength(loads);
  });

  it.each<[object, number, number]>([
    [{}, 32, 24],
    [{ upscale_factor: 2 }, 16, 12],
    [{ repeats: 2 }, 128, 96],
    [{ repeats: '2', upscale_factor: '2', title: 'larger' }, 32, 24],
  ])('makes of 8x6 with %j a picture of %d x %d', async (options, width, height) => {
    const job = await made(sdcpp, '/upscale', { image_base64: picture, ...options });
    expect(job.outputs).toMatchObject([{ width, height }]);
  });

  it.each<[string, object, string]>([
    ['no picture', { image_base64: undefined }, 'image_base64 is missing'],
    ['what is no picture', { image_base64: 'AAAA' }, 'image_base64 '],
    ['too many times', { repeats: 9 }, 'repeats must be'],
    ['a prompt', { prompt: 'x' }, 'There is no field "prompt"'],
  ])('refuses %s', async (_name, change, message) => {
    const { status, body } = await sdcpp.anna.post('/upscale', {
      image_base64: picture,
      ...change,
    });
    expect([status, body['error']]).toEqual([400, expect.stringContaining(message) as string]);
  });
});

describe('upscale in a generation', () => {
  beforeAll(async () => {
    await sdcpp.anna.post('/upscaler/load', DOCUMENTED);
    await loadExample(sdcpp, 'SD1.5');
  });

  it('enlarges every picture after it was drawn', async () => {
    const job = await made(sdcpp, '/txt2img', {
      prompt: 'x',
      ...SMALL,
      batch_count: 2,
      upscale: true,
      upscale_repeats: 1,
      upscale_auto_unload: true,
    });
    expect(job.outputs).toMatchObject([
      { width: 256, height: 256 },
      { width: 256, height: 256 },
    ]);
    expect(job.parameters.options).toMatchObject({ upscale: true, upscale_model: NAME });
  });

  it('enlarges as often as asked for', async () => {
    const body = { prompt: 'x', ...SMALL, upscale: true, upscale_repeats: 2 };
    const job = await made(sdcpp, '/txt2img', body);
    expect(job.outputs).toMatchObject([{ width: 1024, height: 1024 }]);
  });

  it('leaves what is drawn as it is without being asked', async () => {
    const id = await accepted(sdcpp, '/txt2img', { prompt: 'x', ...SMALL, upscale: false });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    const job = await made(sdcpp, '/txt2img', { prompt: 'x', ...SMALL });
    expect(job.outputs).toMatchObject([{ width: 64, height: 64 }]);
  });
});
