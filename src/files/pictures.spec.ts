import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePicture, PICTURE_FORMATS, type Pixels } from './pictures.js';
import { readPictureTexts } from './picture-texts.js';

const TEXTS = {
  parameters: 'red apple, "🍎 яблоко"\nSteps: 8, Seed: 42',
  atelier: '{"version":1,"options":{"prompt":"🍎"}}',
};

/** Coloured, odd in size, and not flat. */
function gradient(): Pixels {
  const [width, height] = [33, 21];
  const data = Buffer.from(
    Array.from({ length: width * height * 3 }, (_, index) => (index * 7) % 256),
  );
  return { width, height, channels: 3, data };
}

describe.each(PICTURE_FORMATS)('a picture as %s', (format) => {
  it('is a whole file of that kind with its texts inside', async () => {
    const { data, contentType } = await encodePicture(gradient(), TEXTS, { format });
    expect(contentType).toBe(`image/${format}`);
    expect(await sharp(data).metadata()).toMatchObject({ format, width: 33, height: 21 });
    expect(await readPictureTexts(data)).toEqual(TEXTS);
  });

  it('has the same pixels with texts as without', async () => {
    const plain = await encodePicture(gradient(), {}, { format });
    const told = await encodePicture(gradient(), TEXTS, { format });
    const [a, b] = await Promise.all([plain, told].map(({ data }) => sharp(data).raw().toBuffer()));
    expect(a!.equals(b!)).toBe(true);
    expect(await readPictureTexts(plain.data)).toEqual({});
  });

  it('gives the same bytes again', async () => {
    const [a, b] = await Promise.all(
      [1, 2].map(() => encodePicture(gradient(), TEXTS, { format })),
    );
    expect(a!.data.equals(b!.data)).toBe(true);
  });
});

describe('the quality', () => {
  it('decides how large a JPEG is, and makes a WebP lossless at 100', async () => {
    const small = await encodePicture(gradient(), {}, { format: 'jpeg', quality: 10 });
    const large = await encodePicture(gradient(), {}, { format: 'jpeg', quality: 95 });
    expect(small.data.length).toBeLessThan(large.data.length);
    const { data } = await encodePicture(gradient(), TEXTS, { format: 'webp', quality: 100 });
    const pixels = await sharp(data).removeAlpha().raw().toBuffer();
    expect(pixels.equals(gradient().data)).toBe(true);
  });
});

describe('texts that a JPEG cannot hold', () => {
  it('are left out, and the picture stays whole', async () => {
    const texts = { parameters: 'x'.repeat(40_000) };
    const { data } = await encodePicture(gradient(), texts, { format: 'jpeg' });
    expect(await readPictureTexts(data)).toEqual({});
    expect((await sharp(data).metadata()).width).toBe(33);
  });
});
