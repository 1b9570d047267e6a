import sharp from 'sharp';
import { ValidationError } from '../common/index.js';
import { pictureKind } from './picture-kind.js';
import type { Pixels } from './pictures.js';

/** Pixels with their transparency. */
export type AlphaPixels = Omit<Pixels, 'channels'> & { channels: 4 };

interface Decoded {
  rgb: Pixels;
  gray: Pixels;
  rgba: AlphaPixels;
}

/** Largest input picture, in pixels: 8192 x 4096, which is 96 MiB of RGB. */
export const MAX_INPUT_PIXELS = 2 ** 25;

const ACCEPTED = ['png', 'jpeg', 'webp', 'gif'];

const DATA_URL = /^data:[\w.+/-]*(?:;[\w.=+-]+)*;base64,/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

const CHANNELS = { rgb: 3, gray: 1, rgba: 4 } as const;

/** What shows through a transparent picture: white paper, but nothing in a mask. */
const BACKGROUND = { rgb: '#ffffff', gray: '#000000' } as const;

function refusal(field: string, why: string): ValidationError {
  return new ValidationError([{ field, message: `${field} ${why}.` }]);
}

/** The bytes behind base64 or a data URL. @throws ValidationError naming the field */
export function pictureBytes(source: string | Buffer, field: string): Buffer {
  if (typeof source !== 'string') return source;
  const head = DATA_URL.exec(source.slice(0, 256))?.[0] ?? '';
  const text = source.slice(head.length).replaceAll(/\s/g, '');
  if (!BASE64.test(text)) throw refusal(field, 'must be a picture in base64, or a data URL of one');
  return Buffer.from(text, 'base64');
}

/** The words of libvips for a picture that is larger than allowed. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.message.includes('exceeds pixel limit');
}

/**
 * Decodes a picture that came with a request: PNG, JPEG, WebP, or the first frame of a GIF. It is turned
 * as its EXIF orientation says, brought to sRGB, and laid on white (`rgb`) or black (`gray`, for masks)
 * where it is transparent; `rgba` keeps the transparency.
 * @param source base64, a data URL, or the bytes of the file
 * @param field the name of the request's field, for messages
 * @throws ValidationError naming the field, also for pictures of more than {@link MAX_INPUT_PIXELS}
 */
export async function decodeImage<Want extends keyof Decoded>(
  source: string | Buffer,
  field: string,
  want: Want,
): Promise<Decoded[Want]> {
  const bytes = pictureBytes(source, field);
  if (!ACCEPTED.includes(pictureKind(bytes) ?? '')) {
    throw refusal(field, 'must be a PNG, JPEG, WebP or GIF picture');
  }
  try {
    return await decode(bytes, want);
  } catch (error) {
    if (isTooLarge(error)) {
      throw refusal(field, `has more than ${MAX_INPUT_PIXELS} pixels, the most that is accepted`);
    }
    throw refusal(field, 'is not a whole picture: it cannot be decoded');
  }
}

async function decode<Want extends keyof Decoded>(
  bytes: Buffer,
  want: Want,
): Promise<Decoded[Want]> {
  const picture = sharp(bytes, {
    limitInputPixels: MAX_INPUT_PIXELS,
    failOn: 'error',
    pages: 1,
  }).autoOrient();
  if (want === 'rgba') picture.ensureAlpha();
  else picture.flatten({ background: BACKGROUND[want as 'rgb' | 'gray'] });
  const { data, info } = await picture
    .toColourspace(want === 'gray' ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== CHANNELS[want])
    throw new Error(`${info.channels} channels instead of ${CHANNELS[want]}.`);
  const { width, height } = info;
  return { width, height, channels: CHANNELS[want], data } as Decoded[Want];
}
