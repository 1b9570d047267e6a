import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { ValidationError } from '../common/index.js';
import { checkImage, decodeImage } from './decode-image.js';
import { MAX_INPUT_PIXELS, readImageHeader } from './image-header.js';

const RED = { r: 255, g: 0, b: 0, alpha: 1 };
const CLEAR = { r: 255, g: 0, b: 0, alpha: 0 };

function flat(background: object, width = 4, height = 2): Sharp {
  return sharp({ create: { width, height, channels: 4, background } });
}

function grey(): Sharp {
  return sharp({ create: { width: 3, height: 3, channels: 3, background: '#808080' } });
}

async function problemOf(source: string | Buffer): Promise<string> {
  const error: unknown = await decodeImage(source, 'init_image', 'rgb').catch((thrown) => thrown);
  expect(error).toBeInstanceOf(ValidationError);
  expect((error as ValidationError).problems[0]?.field).toBe('init_image');
  return (error as ValidationError).message;
}

describe('decodeImage', () => {
  it.each(['png', 'jpeg', 'webp', 'gif'] as const)(
    'reads %s in all its wrappings',
    async (kind) => {
      const bytes = await flat(RED).toFormat(kind).toBuffer();
      const text = bytes.toString('base64');
      const sources = [
        bytes,
        text,
        `data:image/${kind};base64,${text}`,
        `data:;base64,${text}`,
        text.replaceAll(/(.{76})/g, '$1\r\n'),
        bytes.toString('base64url'),
      ];
      for (const source of sources) {
        const pixels = await decodeImage(source, 'init_image', 'rgb');
        expect(pixels).toMatchObject({ width: 4, height: 2, channels: 3 });
        expect(pixels.data).toHaveLength(24);
        expect(pixels.data[0]).toBeGreaterThan(250);
        expect(pixels.data[1]).toBeLessThan(5);
      }
    },
  );

  it('takes the first frame of an animation', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#0000ff'].map((colour) =>
        flat({ ...RED })
          .flatten({ background: colour })
          .tint(colour)
          .png()
          .toBuffer(),
      ),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect(await decodeImage(gif, 'f', 'rgb')).toMatchObject({ width: 4, height: 2 });
  });

  it('turns a photograph as its EXIF says', async () => {
    const photo = await flat(RED).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await decodeImage(photo, 'f', 'rgb')).toMatchObject({ width: 2, height: 4 });
  });

  it('lays what is transparent on white, a mask on black, or keeps it', async () => {
    const png = await flat(CLEAR).png().toBuffer();
    expect([...(await decodeImage(png, 'f', 'rgb')).data.subarray(0, 3)]).toEqual([255, 255, 255]);
    const gray = await decodeImage(png, 'mask', 'gray');
    expect(gray.channels).toBe(1);
    expect([...gray.data]).toEqual(Array.from({ length: 8 }, () => 0));
    const kept = await decodeImage(png, 'f', 'rgba');
    expect(kept.channels).toBe(4);
    expect([...kept.data.subarray(0, 4)]).toEqual([255, 0, 0, 0]);
  });

  it.each([
    ['gray', grey().grayscale().png()],
    ['16 bits', grey().toColourspace('rgb16').png()],
    ['CMYK', grey().toColourspace('cmyk').jpeg()],
    ['a palette', grey().png({ palette: true })],
  ])('makes three channels of eight bits of %s', async (_, picture) => {
    const { data, channels } = await decodeImage(await picture.toBuffer(), 'f', 'rgb');
    expect(channels).toBe(3);
    expect(data).toHaveLength(27);
    // Ink has fewer colours than light: a CMYK grey comes back a little off.
    expect(Math.abs(data[0]! - 128)).toBeLessThan(20);
  });

  it.each([
    ['no base64', 'not a picture!', /base64/],
    ['nothing', '', /base64/],
    ['a data URL that is not base64', 'data:image/png,abc%20', /base64/],
    ['text', Buffer.from('hello').toString('base64'), /PNG, JPEG, WebP or GIF/],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /PNG, JPEG/],
    ['a header alone', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), /cannot be decoded/],
  ])('refuses %s, naming the field', async (_, source, message) => {
    expect(await problemOf(source)).toMatch(message);
  });

  it('refuses a picture that was cut off', async () => {
    const noise = await sharp({
      create: {
        width: 64,
        height: 64,
        channels: 3,
        background: '#000',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .png()
      .toBuffer();
    expect(await problemOf(noise.subarray(0, noise.length / 2))).toMatch(/not a whole picture/);
  });

  it('refuses a small file that unpacks to too many pixels', async () => {
    const bomb = await sharp({
      create: { width: 8193, height: 4096, channels: 3, background: '#000' },
      limitInputPixels: false,
    })
      .png()
      .toBuffer();
    expect(bomb.length).toBeLessThan(500_000);
    expect(await problemOf(bomb)).toContain(String(MAX_INPUT_PIXELS));
  });
});

describe('readImageHeader', () => {
  it('gives the size as it is shown, without decoding', async () => {
    const photo = await flat(RED, 30, 20).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await readImageHeader(photo, 'f')).toEqual({ kind: 'jpeg', width: 20, height: 30 });
  });

  it.each(['tiff', 'avif'] as const)('refuses %s, whatever its pages', async (kind) => {
    const bytes = await flat(RED, 16, 16).toFormat(kind).toBuffer();
    await expect(readImageHeader(bytes, 'f')).rejects.toThrow('f must be a PNG, JPEG, WebP or GIF');
  });

  it('refuses an image that is longer than any decoder needs to take', async () => {
    const long = await sharp({
      create: { width: 20_000, height: 1, channels: 3, background: '#000' },
    })
      .png()
      .toBuffer();
    await expect(readImageHeader(long, 'f')).rejects.toThrow('a side may have 16383');
  });
});

describe('an image whose header lies', () => {
  /** The size that the header of a PNG says, with its checksum made right again. */
  function withSize(png: Buffer, width: number, height: number): Buffer {
    const lying = Buffer.from(png);
    lying.writeUInt32BE(width, 16);
    lying.writeUInt32BE(height, 20);
    lying.writeUInt32BE(crc32(lying.subarray(12, 29)), 29);
    return lying;
  }

  it('is refused where it says more than it has, and never unpacked where it says too much', async () => {
    const png = await flat(RED, 64, 64).png().toBuffer();
    await expect(checkImage(withSize(png, 4000, 4000), 'f')).rejects.toThrow('not a whole picture');
    await expect(checkImage(withSize(png, 60_000, 60_000), 'f')).rejects.toThrow(
      String(MAX_INPUT_PIXELS),
    );
  });

  it('gives no more pixels than it says', async () => {
    const png = await flat(RED, 64, 64).png().toBuffer();
    const pixels = await decodeImage(withSize(png, 64, 8), 'f', 'rgb').catch(() => undefined);
    expect(pixels?.data.length ?? 0).toBeLessThanOrEqual(64 * 8 * 3);
  });
});

describe('checkImage', () => {
  it.each(['png', 'jpeg', 'webp', 'gif'] as const)(
    'takes a whole %s and refuses half of it',
    async (kind) => {
      const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
      const create = { width: 96, height: 96, channels: 3, background: '#000', noise } as const;
      const bytes = await sharp({ create }).toFormat(kind).toBuffer();
      await checkImage(bytes, 'f');
      await expect(checkImage(bytes.subarray(0, bytes.length / 2), 'f')).rejects.toThrow(
        'f is not a whole picture',
      );
    },
  );
});

describe('decodeImage with a size', () => {
  it('brings a larger image to that size, and leaves a smaller one as it is', async () => {
    const png = await flat(RED, 80, 60).png().toBuffer();
    const size = { width: 16, height: 24 };
    expect(await decodeImage(png, 'f', 'rgb', size)).toMatchObject({ ...size, channels: 3 });
    const own = { width: 80, height: 60 };
    expect(await decodeImage(png, 'f', 'rgb', { width: 100, height: 100 })).toMatchObject(own);
  });

  it('keeps the shape where it may have so many pixels', async () => {
    const png = await flat(RED, 80, 40).png().toBuffer();
    const half = { width: 40, height: 20 };
    expect(await decodeImage(png, 'f', 'gray', { pixels: 800 })).toMatchObject(half);
  });
});
