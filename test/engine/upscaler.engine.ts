import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawImage } from '../../src/engine/index.js';
import { NativeEngine } from '../../src/engine/native-engine.js';
import { tinyUpscaler } from '../support/tiny-emoji.js';

/** Emoji that the upscaler was not trained on: `name.small.png` is `name.large.png` averaged 4x4 to 1. */
const SAMPLES = join(import.meta.dirname, '../../models/tiny-emoji-x4/samples');

/** How much better than Lanczos each picture is at least, and all of them on average, in decibels. */
const EACH_BETTER_BY = 1;
const MEAN_BETTER_BY = 3;

let engine: NativeEngine;

beforeAll(async () => {
  engine = await NativeEngine.open();
  await engine.load(tinyUpscaler());
});

afterAll(() => engine.close());

async function read(file: string): Promise<RawImage> {
  const { data, info } = await sharp(join(SAMPLES, file))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data };
}

async function lanczos({ width, height, channels, data }: RawImage): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels } })
    .resize(width * 4, height * 4, { kernel: 'lanczos3' })
    .raw()
    .toBuffer();
}

/** Peak signal-to-noise ratio of two 8-bit pictures, in decibels: more is nearer. */
function psnr(a: Buffer, b: Buffer): number {
  expect(a).toHaveLength(b.length);
  const squares = a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (squares / a.length));
}

describe('the embedded upscaler', () => {
  it('is nearer to the truth than Lanczos, on pictures that it has not seen', async () => {
    const files = (await readdir(SAMPLES)).filter((file) => file.endsWith('.small.png'));
    expect(files.length).toBeGreaterThanOrEqual(4);
    const gains: number[] = [];
    for (const file of files) {
      const small = await read(file);
      const truth = await read(file.replace('.small.', '.large.'));
      const large = await engine.upscale('x4', small);
      expect(large).toMatchObject({ width: 512, height: 512, channels: 3 });
      gains.push(psnr(large.data, truth.data) - psnr(await lanczos(small), truth.data));
      expect([file, gains.at(-1)! > EACH_BETTER_BY]).toEqual([file, true]);
    }
    const mean = gains.reduce((sum, gain) => sum + gain) / gains.length;
    expect(mean).toBeGreaterThan(MEAN_BETTER_BY);
  });

  it('shows no seams where the picture is cut into tiles', async () => {
    const { data, ...size } = await read('taxi.small.png');
    const upperHalf = size.height / 2;
    const small = { ...size, height: upperHalf, data: data.subarray(0, data.length / 2) };
    await engine.load(tinyUpscaler({ key: 'tiles', options: { tileSize: 64 } }));
    const inTiles = await engine.upscale('tiles', small);
    const whole = await engine.upscale('x4', small);
    expect(psnr(inTiles.data, whole.data)).toBeGreaterThan(40);
  });
});
