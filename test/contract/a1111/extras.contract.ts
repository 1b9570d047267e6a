import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SD15, startA1111, type A1111Server } from '../../support/a1111.js';
import { pictureBase64 } from '../../support/picture.js';

let a1111: A1111Server;

beforeAll(async () => {
  a1111 = await startA1111();
  await a1111.anna.post('options', { sd_model_checkpoint: SD15 });
});

afterAll(() => a1111.close());

/** What `webuiapi` sends with every picture. */
const WEBUIAPI = {
  resize_mode: 0,
  show_extras_results: true,
  gfpgan_visibility: 0,
  codeformer_visibility: 0,
  codeformer_weight: 0,
  upscaling_resize: 2,
  upscaling_resize_w: 512,
  upscaling_resize_h: 512,
  upscaling_crop: true,
  upscaler_1: 'None',
  upscaler_2: 'None',
  extras_upscaler_2_visibility: 0,
  upscale_first: false,
};

async function sizeOf(base64: string): Promise<(number | undefined)[]> {
  const { width, height } = await sharp(Buffer.from(base64, 'base64')).metadata();
  return [width, height];
}

describe('POST /sdapi/v1/extra-single-image', () => {
  it.each([
    ['None', { upscaling_resize: 2 }, [32, 16]],
    ['Lanczos', { upscaling_resize: 2 }, [64, 32]],
    ['Nearest', { upscaling_resize: 3 }, [96, 48]],
    ['RealESRGAN_x4plus', { upscaling_resize: 4 }, [128, 64]],
    ['RealESRGAN_x4plus', { upscaling_resize: 1.5 }, [48, 24]],
    ['Lanczos', { resize_mode: 1, upscaling_resize_w: 40, upscaling_resize_h: 40 }, [40, 40]],
    [
      'RealESRGAN_x4plus',
      { resize_mode: 1, upscaling_resize_w: 64, upscaling_resize_h: 64 },
      [64, 64],
    ],
  ])('%s enlarges by %o', async (upscaler, how, size) => {
    const image = `data:image/png;base64,${await pictureBase64(32, 16)}`;
    const { status, body } = await a1111.anna.post<{ image: string; html_info: string }>(
      'extra-single-image',
      { ...WEBUIAPI, ...how, upscaler_1: upscaler, image },
    );
    expect(status).toBe(200);
    expect(await sizeOf(body.image)).toEqual(size);
  });

  it.each<[string, object, number]>([
    ['no picture', { image: undefined }, 422],
    ['what is no picture', { image: 'AAAA' }, 422],
    ['an upscaler that is not there', { upscaler_1: 'no-such' }, 404],
    ['a factor out of bounds', { upscaling_resize: 9 }, 422],
    ['an absurd size', { resize_mode: 1, upscaling_resize_w: 1e6, upscaling_resize_h: 1e6 }, 422],
    ['faces', { gfpgan_visibility: 1 }, 422],
    ['a second upscaler', { upscaler_2: 'Lanczos', extras_upscaler_2_visibility: 0.5 }, 422],
  ])('refuses %s', async (_, wrong, status) => {
    const body = { ...WEBUIAPI, upscaler_1: 'Lanczos', image: await pictureBase64(), ...wrong };
    expect((await a1111.anna.post('extra-single-image', body)).status).toBe(status);
  });
});

describe('POST /sdapi/v1/extra-batch-images', () => {
  it('enlarges each picture', async () => {
    const imageList = [
      { data: await pictureBase64(32, 16), name: 'a.png' },
      { data: await pictureBase64(16, 16), name: 'b.png' },
    ];
    const { body } = await a1111.anna.post<{ images: string[] }>('extra-batch-images', {
      ...WEBUIAPI,
      upscaler_1: 'Lanczos',
      imageList,
    });
    expect(await Promise.all(body.images.map(sizeOf))).toEqual([
      [64, 32],
      [32, 32],
    ]);
    expect((await a1111.anna.post('extra-batch-images', { imageList: 7 })).status).toBe(422);
  });
});

describe('POST /sdapi/v1/png-info', () => {
  it('reads what a picture of this server says', async () => {
    const drawn = await a1111.anna.post<{ images: string[]; info: string }>('txt2img', {
      prompt: 'red apple',
      negative_prompt: 'pear',
      seed: 7,
      steps: 2,
      width: 64,
      height: 64,
    });
    const [image] = drawn.body.images;
    const { body } = await a1111.anna.post('png-info', { image: `data:image/png;base64,${image}` });
    expect(body).toMatchObject({
      info: (JSON.parse(drawn.body.info) as { infotexts: string[] }).infotexts[0],
      parameters: { Prompt: 'red apple', 'Negative prompt': 'pear', Seed: '7', Size: '64x64' },
    });
  });

  it('finds nothing in another picture, and refuses what is none', async () => {
    const { body } = await a1111.anna.post('png-info', { image: await pictureBase64() });
    expect(body).toEqual({ info: '', items: {}, parameters: {} });
    expect((await a1111.anna.post('png-info', { image: 'AAAA' })).status).toBe(422);
    expect((await a1111.anna.post('png-info', {})).status).toBe(422);
  });
});

describe('POST /sdapi/v1/interrogate', () => {
  it('says that nothing here describes pictures', async () => {
    const reply = await a1111.anna.post('interrogate', { image: 'AAAA', model: 'clip' });
    expect(reply).toMatchObject({ status: 422, body: { error: 'NO_INTERROGATOR' } });
  });
});
