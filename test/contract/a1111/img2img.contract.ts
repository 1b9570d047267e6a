import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SD15, startA1111, type A1111Server } from '../../support/a1111.js';
import { pictureBase64 } from '../../support/picture.js';
import { WEBUIAPI_IMG2IMG } from '../../support/webui-bodies.js';

let a1111: A1111Server;

beforeAll(async () => {
  a1111 = await startA1111();
  await a1111.anna.post('options', { sd_model_checkpoint: SD15 });
});

afterAll(() => a1111.close());

const A_MASK = await pictureBase64(32, 32, '#ffffff');

function dataUri(base64: string): string {
  return `data:image/png;base64,${base64}`;
}

/** White in an upright part of a square, black elsewhere. */
async function stripeMask(left: number, stripe: number): Promise<string> {
  const white = { create: { width: stripe, height: 64, channels: 3, background: '#fff' } } as const;
  const black = { create: { width: 64, height: 64, channels: 3, background: '#000' } } as const;
  const input = await sharp(white).png().toBuffer();
  const mask = await sharp(black)
    .composite([{ input, left, top: 0 }])
    .png()
    .toBuffer();
  return dataUri(mask.toString('base64'));
}

async function draw(body: object): Promise<Buffer> {
  const { status, body: answer } = await a1111.anna.post<{ images: string[] }>('img2img', body);
  expect(answer).toMatchObject({ images: [expect.any(String)] });
  expect(status).toBe(200);
  return Buffer.from(answer.images[0]!, 'base64');
}

function asked() {
  return a1111.engine.requests.at(-1)!;
}

describe('POST /sdapi/v1/img2img', () => {
  it("takes webuiapi's complete body", async () => {
    const picture = dataUri(await pictureBase64(32, 16));
    await draw({ ...WEBUIAPI_IMG2IMG, init_images: [picture] });
    expect(asked()).toMatchObject({
      strength: 0.75,
      sampler: 'euler_a',
      initImage: { width: 64, height: 64 },
    });
    expect(asked().imgCfgScale).toBeUndefined();
  });

  it.each([
    ['stretched', 0],
    ['cropped', 1],
    ['filled', 2],
  ])('fits the picture: %s', async (_, mode) => {
    const picture = await pictureBase64(32, 16);
    await draw({ ...WEBUIAPI_IMG2IMG, init_images: [picture], resize_mode: mode });
    const { width, height, data } = asked().initImage!;
    expect({ width, height }).toEqual({ width: 64, height: 64 });
    expect([...data.subarray(0, 3)]).toEqual([0xc0, 0x10, 0x10]);
  });

  it('paints what is white in the mask, or what is black', async () => {
    const picture = await pictureBase64(64, 64);
    const mask = await stripeMask(32, 32);
    const whole = { ...WEBUIAPI_IMG2IMG, inpaint_full_res: false };
    const request = { ...whole, init_images: [picture], mask, mask_blur: 0 };
    await draw(request);
    const maskOf = () => asked().maskImage!.data;
    expect([maskOf()[0], maskOf()[63]]).toEqual([0, 255]);
    await draw({ ...request, inpainting_mask_invert: 1 });
    expect([maskOf()[0], maskOf()[63]]).toEqual([255, 0]);
    await draw({ ...request, mask_blur: 4 });
    expect(maskOf()[31]).toBeGreaterThan(0);
    expect(maskOf()[31]).toBeLessThan(255);
  });

  it.each<[string, object]>([
    ['as the original does unless told otherwise', {}],
    ['where that is said', { inpaint_full_res: true }],
    ['where that is said by a number', { inpaint_full_res: 1 }],
  ])('draws the masked part alone and puts it back, %s', async (_, said) => {
    const { inpaint_full_res: usual, ...open } = WEBUIAPI_IMG2IMG;
    expect(usual).toBe(true);
    const mask = await stripeMask(24, 16);
    const init_images = [await pictureBase64(128, 64)];
    const sent = { ...open, init_images, mask, mask_blur: 0, inpaint_full_res_padding: 8, ...said };
    const drawn = await sharp(await draw(sent))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(asked()).toMatchObject({
      initImage: { width: 64, height: 64 },
      maskImage: { width: 64, height: 64 },
    });
    // The mask is stretched to the picture: 48 to 80 of it, with 16 pixels to either side to make a square.
    expect([16, 32].map((x) => asked().maskImage!.data[64 * 32 + x])).toEqual([255, 255]);
    expect([8, 56].map((x) => asked().maskImage!.data[64 * 32 + x])).toEqual([0, 0]);
    expect([drawn.info.width, drawn.info.height]).toEqual([128, 64]);
    const at = (x: number): number[] => [...drawn.data.subarray((32 * 128 + x) * 3).subarray(0, 3)];
    const red = [0xc0, 0x10, 0x10];
    expect([at(0), at(40), at(90), at(127)]).toEqual([red, red, red, red]);
    expect(at(64)).not.toEqual(red);
  });

  it.each<[string, object, string]>([
    ['no picture', { init_images: [] }, 'init_images'],
    ['two pictures', { init_images: ['AAAA', 'AAAA'] }, 'init_images'],
    ['what is no picture', { init_images: ['AAAA'] }, 'init_images'],
    ['a mask that is none', { mask: 'AAAA' }, 'mask'],
    ['latents', { resize_mode: 3 }, 'resize_mode'],
    ['noise below the mask', { inpainting_fill: 2 }, 'inpainting_fill'],
    ['a strength out of bounds', { denoising_strength: 2 }, 'denoising_strength'],
    [
      'an absurd padding',
      { mask: A_MASK, inpaint_full_res_padding: -1 },
      'inpaint_full_res_padding',
    ],
    ['an absurd size', { width: 100_000, height: 100_000 }, 'width'],
  ])('refuses %s', async (_, wrong, word) => {
    const init = { init_images: [await pictureBase64()] };
    const reply = await a1111.anna.post('img2img', { ...WEBUIAPI_IMG2IMG, ...init, ...wrong });
    expect(reply.status).toBe(422);
    expect(reply.body).toMatchObject({ detail: expect.stringContaining(word) });
  });
});
