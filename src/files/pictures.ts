import sharp, { type Sharp } from 'sharp';
import { withPngTexts } from './png-text.js';

/** Pixels: 8 bits a channel, rows from the top, channels interleaved. */
export interface Pixels {
  width: number;
  height: number;
  channels: 1 | 3;
  data: Buffer;
}

/** Longest side of a preview, in pixels. */
const PREVIEW_SIDE = 512;
const PREVIEW_QUALITY = 70;

function open({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

/** A PNG with texts in it; the same pixels and texts give the same bytes. */
export async function encodePng(pixels: Pixels, texts: Record<string, string>): Promise<Buffer> {
  return withPngTexts(await open(pixels).png({ compressionLevel: 6 }).toBuffer(), texts);
}

/** A small JPEG as a data URL, to be shown while the picture is being made. */
export async function previewDataUrl(pixels: Pixels): Promise<string> {
  const jpeg = await open(pixels)
    .resize(PREVIEW_SIDE, PREVIEW_SIDE, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: PREVIEW_QUALITY })
    .toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}
