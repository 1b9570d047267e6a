import sharp, { type Sharp } from 'sharp';
import { decodeImage, MAX_INPUT_PIXELS } from '../../../files/index.js';
import { refusal } from './refusals.js';

export interface Size {
  width: number;
  height: number;
}

const STRETCHED = 0;
const CROPPED = 1;
const FILLED = 2;

async function rawOf(picture: string, field: string, want: 'rgb' | 'gray') {
  const { data, width, height, channels } = await decodeImage(picture, field, want);
  return sharp(data, { raw: { width, height, channels } });
}

async function base64Of(picture: Sharp): Promise<string> {
  return (await picture.png().toBuffer()).toString('base64');
}

/** The whole picture, and what is left of the size filled with the colours of its edges. */
async function filled(picture: Sharp, { width, height }: Size): Promise<Sharp> {
  const { data, info } = await picture
    .resize(width, height, { fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const left = Math.floor((width - info.width) / 2);
  const top = Math.floor((height - info.height) / 2);
  return sharp(data, {
    raw: { width: info.width, height: info.height, channels: info.channels },
  }).extend({
    left,
    top,
    right: width - info.width - left,
    bottom: height - info.height - top,
    extendWith: 'copy',
  });
}

async function fitted(picture: Sharp, size: Size, mode: unknown): Promise<Sharp> {
  const { width, height } = size;
  switch (mode ?? STRETCHED) {
    case STRETCHED:
      return picture.resize(width, height, { fit: 'fill' });
    case CROPPED:
      return picture.resize(width, height, { fit: 'cover' });
    case FILLED:
      return filled(picture, size);
    default:
      throw refusal('resize_mode', 'must be 0, 1 or 2: this engine resizes no latents');
  }
}

/** Sides are checked by the core, which must not be asked to wait for an absurd one. */
function checkSize({ width, height }: Size): void {
  if (!(width > 0 && height > 0 && width * height <= MAX_INPUT_PIXELS))
    throw refusal('width', 'and height must be sides of a picture in pixels');
}

/** The picture to begin from in the size of the result, as PNG in base64. @throws ValidationError */
export async function initImage(picture: string, size: Size, mode: unknown): Promise<string> {
  checkSize(size);
  return base64Of(await fitted(await rawOf(picture, 'init_images', 'rgb'), size, mode));
}

export interface MaskWishes {
  mask: string;
  mode: unknown;
  /** Pixels. */
  blur: unknown;
  invert: unknown;
}

/** The mask in the size of the result, white where it is painted anew, as PNG in base64. @throws ValidationError */
export async function maskImage(wishes: MaskWishes, size: Size): Promise<string> {
  checkSize(size);
  const mask = await fitted(await rawOf(wishes.mask, 'mask', 'gray'), size, wishes.mode);
  const { data, info } = await mask.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return finished(sharp(data, { raw: { width, height, channels } }), wishes);
}

/** The same in its own size, for a picture that keeps its own. @throws ValidationError */
export async function ownMaskImage(wishes: MaskWishes): Promise<string> {
  return finished(await rawOf(wishes.mask, 'mask', 'gray'), wishes);
}

function finished(fitting: Sharp, wishes: Omit<MaskWishes, 'mask' | 'mode'>): Promise<string> {
  const isInverted = wishes.invert === 1 || wishes.invert === true;
  const mask = isInverted ? fitting.negate() : fitting;
  const blur = wishes.blur ?? 4;
  if (typeof blur !== 'number' || blur < 0 || blur > 256)
    throw refusal('mask_blur', 'must be a number from 0 to 256');
  return base64Of(blur >= 1 ? mask.blur(blur) : mask);
}
