import sharp, { type Sharp } from 'sharp';
import { DECODER_LIMITS, decoderProblem, imageProblem, readImageHeader } from './image-header.js';
import type { Pixels } from './pictures.js';

/** Pixels with their transparency. */
export type AlphaPixels = Omit<Pixels, 'channels'> & { channels: 4 };

interface Decoded {
  rgb: Pixels;
  gray: Pixels;
  rgba: AlphaPixels;
}

/** In what size a picture is needed; a smaller one stays as it is. */
export type DecodedSize =
  /** In this size, whatever its shape; only where it has more pixels. */
  | { width: number; height: number }
  /** In its own shape, with so many pixels at most. */
  | { pixels: number };

const DATA_URL = /^data:[\w.+/-]*(?:;[\w.=+-]+)*;base64,/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

const CHANNELS = { rgb: 3, gray: 1, rgba: 4 } as const;

/** What shows through a transparent picture: white paper, but nothing in a mask. */
const BACKGROUND = { rgb: '#ffffff', gray: '#000000' } as const;

/** Side of what a picture is shrunk to when it is only to be known whether it is whole, in pixels. */
const CHECK_SIDE = 32;

/** The bytes behind base64 or a data URL. @throws ValidationError naming the field */
export function pictureBytes(source: string | Buffer, field: string): Buffer {
  if (typeof source !== 'string') return source;
  const head = DATA_URL.exec(source.slice(0, 256))?.[0] ?? '';
  const text = source.slice(head.length).replaceAll(/\s/g, '');
  if (!BASE64.test(text))
    throw imageProblem(field, 'must be a picture in base64, or a data URL of one');
  return Buffer.from(text, 'base64');
}

/**
 * Decodes a picture that came with a request: PNG, JPEG, WebP, or the first frame of a GIF. It is turned
 * as its EXIF orientation says, brought to sRGB, and laid on white (`rgb`) or black (`gray`, for masks)
 * where it is transparent; `rgba` keeps the transparency.
 * @param source base64, a data URL, or the bytes of the file
 * @param field the name of the request's field, for messages
 * @param size what it is shrunk to while it is decoded, so that the whole of it is never in memory
 * @throws ValidationError naming the field, also for pictures of more than `MAX_INPUT_PIXELS`
 */
export async function decodeImage<Want extends keyof Decoded>(
  source: string | Buffer,
  field: string,
  want: Want,
  size?: DecodedSize,
): Promise<Decoded[Want]> {
  const bytes = pictureBytes(source, field);
  const header = await readImageHeader(bytes, field);
  try {
    return await decode(shrunk(sharp(bytes, DECODER_LIMITS).autoOrient(), header, size), want);
  } catch (error) {
    throw decoderProblem(error, field);
  }
}

/**
 * Decodes a picture from its first to its last pixel without keeping them, which shows that it is whole.
 * @throws ValidationError naming the field, as {@link decodeImage}
 */
export async function checkImage(bytes: Buffer, field: string): Promise<void> {
  await readImageHeader(bytes, field);
  try {
    await sharp(bytes, DECODER_LIMITS)
      // Shrinking by averages reads every pixel; the loaders' own shrinking would leave some out.
      .resize(CHECK_SIDE, CHECK_SIDE, { fit: 'fill', fastShrinkOnLoad: false })
      .raw()
      .toBuffer();
  } catch (error) {
    throw decoderProblem(error, field);
  }
}

function shrunk(
  picture: Sharp,
  { width, height }: { width: number; height: number },
  size: DecodedSize | undefined,
): Sharp {
  if (!size) return picture;
  if ('width' in size) {
    if (width * height <= size.width * size.height) return picture;
    return picture.resize(size.width, size.height, { fit: 'fill' });
  }
  if (width * height <= size.pixels) return picture;
  const scale = Math.sqrt(size.pixels / (width * height));
  const side = (length: number): number => Math.max(1, Math.floor(length * scale));
  return picture.resize(side(width), side(height), { fit: 'fill' });
}

async function decode<Want extends keyof Decoded>(
  picture: Sharp,
  want: Want,
): Promise<Decoded[Want]> {
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
