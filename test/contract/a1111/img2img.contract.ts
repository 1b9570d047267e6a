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

function dataUri(base64: string): string {
  return `data:image/png;base64,${base64}`;
}

/** Black on the left, white on the right. */
async function halfMask(): Promise<string> {
  const white = { create: { width: 32, height: 64, channels: 3, background: '#fff' } } as const;
  const black = { create: { width: 64, height: 64, channels: 3, background: '#000' } } as const;
  const right = await sharp(white).png().toBuffer();
  const mask = await sharp(black)
    .composite([{ input: right, left: 32, top: 0 }])
    .png()
    .toBuffer();
  return dataUri(mask.toString('base64'));
}

async function draw(body: object): Promise<void> {
  const { status, body: answer } = await a1111.anna.post<{ images: string[] }>('img2img', body);
  expect(answer).toMatchObject({ images: [expect.any(String)] });
  expect(status).toBe(200);
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
    const mask = await halfMask();
    const request = { ...WEBUIAPI_IMG2IMG, init_images: [picture], mask, mask_blur: 0 };
    await draw(request);
    const maskOf = () => asked().maskImage!.data;
    expect([maskOf()[0], maskOf()[63]]).toEqual([0, 255]);
    await draw({ ...request, inpainting_mask_invert: 1 });
    expect([maskOf()[0], maskOf()[63]]).toEqual([255, 0]);
    await draw({ ...request, mask_blur: 4 });
    expect(maskOf()[31]).toBeGreaterThan(0);
    expect(maskOf()[31]).toBeLessThan(255);
  });

  it.each<[string, object, string]>([
    ['no picture', { init_images: [] }, 'init_images'],
    ['two pictures', { init_images: ['AAAA', 'AAAA'] }, 'init_images'],
    ['what is no picture', { init_images: ['AAAA'] }, 'init_images'],
    ['a mask that is none', { mask: 'AAAA' }, 'mask'],
    ['latents', { resize_mode: 3 }, 'resize_mode'],
    ['noise below the mask', { inpainting_fill: 2 }, 'inpainting_fill'],
    ['a strength out of bounds', { denoising_strength: 2 }, 'denoising_strength'],
    ['an absurd size', { width: 100_000, height: 100_000 }, 'width'],
  ])('refuses %s', async (_, wrong, word) => {
    const init = { init_images: [await pictureBase64()] };
    const reply = await a1111.anna.post('img2img', { ...WEBUIAPI_IMG2IMG, ...init, ...wrong });
    expect(reply.status).toBe(422);
    expect(reply.body).toMatchObject({ detail: expect.stringContaining(word) });
  });
});
