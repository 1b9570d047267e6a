import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { APPLE } from '../support/client.js';
import { difference, mean } from '../support/pixels.js';
import { sharedServer } from '../support/server.js';

const server = sharedServer();
let apple: Buffer;

beforeAll(async () => {
  apple = await server().admin.draw({ ...APPLE, steps: 8 });
});

describe('img2img', () => {
  it('makes a red apple green and keeps its place and its white paper', async () => {
    const green = await server().admin.draw(
      {
        prompt: 'green apple',
        init_image: apple.toString('base64'),
        strength: 0.6,
        steps: 8,
        seed: 1,
      },
      'img2img',
    );
    const [wasRed, wasGreen] = await mean(apple, 48, 56, 32);
    expect(wasRed!).toBeGreaterThan(wasGreen! + 100);
    const [red, becameGreen] = await mean(green, 48, 56, 32);
    expect(becameGreen!).toBeGreaterThan(red!);
    expect(Math.min(...(await mean(green, 0, 0, 8)))).toBeGreaterThan(235);
  });

  it('changes less the less it may', async () => {
    const from = async (strength: number): Promise<number> => {
      const picture = await server().admin.draw(
        { prompt: 'red apple', init_image: apple.toString('base64'), strength, steps: 8, seed: 7 },
        'img2img',
      );
      return difference(apple, picture, () => true);
    };
    const [little, much] = [await from(0.15), await from(1)];
    expect(little).toBeLessThan(much);
  });
});

/** Black on the left, white on the right. */
function halfMask(): Promise<Buffer> {
  return sharp({
    create: { width: 128, height: 128, channels: 3, background: '#000' },
  })
    .composite([
      {
        input: { create: { width: 64, height: 128, channels: 3, background: '#fff' } },
        left: 64,
        top: 0,
      },
    ])
    .png()
    .toBuffer();
}

describe('inpainting', () => {
  it('draws the masked part alone, and leaves every other pixel as it was', async () => {
    const mask = await halfMask();
    const painted = await server().admin.draw(
      {
        prompt: 'green apple',
        init_image: apple.toString('base64'),
        mask_image: mask.toString('base64'),
        masked_only: true,
        masked_padding: 16,
        width: 192,
        height: 256,
        strength: 0.9,
        steps: 4,
        seed: 1,
      },
      'inpainting',
    );
    const { width, height } = await sharp(painted).metadata();
    expect([width, height]).toEqual([128, 128]);
    expect(await difference(apple, painted, (x) => x < 64)).toBe(0);
    expect(await difference(apple, painted, (x) => x >= 64)).toBeGreaterThan(1);
  });

  it('paints where the mask is white, and keeps what is under its black', async () => {
    const mask = await halfMask();
    const painted = await server().admin.draw(
      {
        prompt: 'green apple',
        init_image: apple.toString('base64'),
        mask_image: mask.toString('base64'),
        strength: 0.9,
        steps: 8,
        seed: 1,
      },
      'inpainting',
    );
    const kept = await difference(apple, painted, (x) => x < 48);
    const changed = await difference(apple, painted, (x) => x >= 80);
    expect(kept).toBeLessThan(8);
    expect(changed).toBeGreaterThan(kept * 3);
  });
});

it('a second pass at twice the size makes a picture of twice the size', async () => {
  const large = await server().admin.draw({
    ...APPLE,
    hires_fix: true,
    hires_upscaler: 'Lanczos',
    hires_scale: 2,
    hires_steps: 2,
  });
  expect(await sharp(large).metadata()).toMatchObject({ width: 256, height: 256 });
});

it('a cache between steps and tiles of the VAE are taken by the engine', async () => {
  const options = { cache_mode: 'easycache', vae_tiling: true, vae_tile_size_x: 16 };
  const tiled = await server().admin.draw({ ...APPLE, ...options });
  expect(await sharp(tiled).metadata()).toMatchObject({ width: 128, height: 128 });
});
