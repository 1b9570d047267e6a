import sharp from 'sharp';
import { ValidationError } from '../common/index.js';
import { pictureKind, type PictureKind } from './picture-kind.js';

/** Largest input picture, in pixels: 8192 x 4096, which is 96 MiB of RGB. */
export const MAX_INPUT_PIXELS = 2 ** 25;

/** Longest side of an input picture, in pixels: the most that a WebP has, and less than libvips takes. */
const MAX_INPUT_SIDE = 16_383;

const ACCEPTED: readonly PictureKind[] = ['png', 'jpeg', 'webp', 'gif'];

/** What the header of an input picture says. */
export interface ImageHeader {
  kind: PictureKind;
  /** Pixels, turned as its EXIF orientation says. */
  width: number;
  height: number;
}

export function imageProblem(field: string, why: string): ValidationError {
  return new ValidationError([{ field, message: `${field} ${why}.` }]);
}

/** How every decoder is opened for what came from outside: the first frame only, and no more than so many pixels. */
export const DECODER_LIMITS = {
  limitInputPixels: MAX_INPUT_PIXELS,
  limitInputChannels: 5,
  failOn: 'error',
  pages: 1,
} as const;

/** The words of libvips for a picture that is larger than allowed. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.message.includes('exceeds pixel limit');
}

/** Why a decoder gave up on a picture, for its sender. */
export function decoderProblem(error: unknown, field: string): ValidationError {
  return isTooLarge(error)
    ? imageProblem(field, `has more than ${MAX_INPUT_PIXELS} pixels, the most that is accepted`)
    : imageProblem(field, 'is not a whole picture: it cannot be decoded');
}

/**
 * Reads the header of a picture that came with a request and decodes nothing, so that its size is known
 * before memory is taken for it.
 * @throws ValidationError naming the field: for another format, a damaged header, or too many pixels
 */
export async function readImageHeader(bytes: Buffer, field: string): Promise<ImageHeader> {
  const kind = pictureKind(bytes);
  if (!kind || !ACCEPTED.includes(kind))
    throw imageProblem(field, 'must be a PNG, JPEG, WebP or GIF picture');
  let size: { width: number; height: number };
  try {
    size = (await sharp(bytes, DECODER_LIMITS).metadata()).autoOrient;
  } catch (error) {
    throw decoderProblem(error, field);
  }
  const { width, height } = size;
  if (Math.max(width, height) > MAX_INPUT_SIDE)
    throw imageProblem(
      field,
      `is ${width}x${height} pixels large; a side may have ${MAX_INPUT_SIDE}`,
    );
  if (width * height > MAX_INPUT_PIXELS)
    throw imageProblem(
      field,
      `has more than ${MAX_INPUT_PIXELS} pixels, the most that is accepted`,
    );
  return { kind, width, height };
}
