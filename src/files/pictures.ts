import sharp, { type Sharp } from 'sharp';
import { exifBlock, withJpegExif, withWebpExif } from './exif.js';
import { withPngTexts } from './png-text.js';

/** Pixels: 8 bits a channel, rows from the top, channels interleaved. */
export interface Pixels {
  width: number;
  height: number;
  channels: 1 | 3;
  data: Buffer;
}

/** Formats that a finished picture can be kept in. */
export const PICTURE_FORMATS = ['png', 'jpeg', 'webp'] as const;

export type PictureFormat = (typeof PICTURE_FORMATS)[number];

export interface PictureEncoding {
  format: PictureFormat;
  /** 1 to 100 for JPEG and WebP, where 100 makes WebP lossless; PNG is lossless always. */
  quality?: number;
}

/** A picture or a video as a file. */
export interface EncodedFile {
  data: Buffer;
  contentType: string;
  /** Ends the file's name, without a dot. */
  extension: string;
}

export const DEFAULT_QUALITY = 90;

/** A preview of which nobody says how it should be. */
const PREVIEW_SIDE = 512;
const PREVIEW_QUALITY = 70;

function open({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

/** The picture in another size (Lanczos). */
export async function resizePixels(pixels: Pixels, width: number, height: number): Promise<Pixels> {
  const { channels } = pixels;
  const data = await open(pixels)
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    // Gray pixels would become colours.
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer();
  return { width, height, channels, data };
}

/** A PNG with texts in it; the same pixels and texts give the same bytes. */
export async function encodePng(pixels: Pixels, texts: Record<string, string>): Promise<Buffer> {
  return withPngTexts(await open(pixels).png({ compressionLevel: 6 }).toBuffer(), texts);
}

async function encodeJpeg(pixels: Pixels, texts: Record<string, string>, quality: number) {
  const jpeg = await open(pixels).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
  return withJpegExif(jpeg, exifBlock(texts));
}

async function encodeWebp(pixels: Pixels, texts: Record<string, string>, quality: number) {
  const webp = await open(pixels)
    .webp({ quality, lossless: quality === 100 })
    .toBuffer();
  return withWebpExif(webp, exifBlock(texts), pixels);
}

/**
 * A picture in the format asked for, with texts in it: as chunks in a PNG, in JPEG and WebP as EXIF
 * (`parameters` where AUTOMATIC1111 keeps it). The same pixels, texts and encoding give the same bytes.
 */
export async function encodePicture(
  pixels: Pixels,
  texts: Record<string, string>,
  { format, quality = DEFAULT_QUALITY }: PictureEncoding,
): Promise<EncodedFile> {
  switch (format) {
    case 'png':
      return {
        data: await encodePng(pixels, texts),
        contentType: 'image/png',
        extension: 'png',
      };
    case 'jpeg':
      return {
        data: await encodeJpeg(pixels, texts, quality),
        contentType: 'image/jpeg',
        extension: 'jpg',
      };
    case 'webp':
      return {
        data: await encodeWebp(pixels, texts, quality),
        contentType: 'image/webp',
        extension: 'webp',
      };
  }
}

/** How large a preview may be, and how good. */
export interface PreviewEncoding {
  /** Longest side in pixels. */
  maxSize?: number;
  /** 1 to 100. */
  quality?: number;
}

/** A small JPEG, to be shown while the picture is being made, and its sides in pixels. */
export async function encodePreview(
  pixels: Pixels,
  { maxSize = PREVIEW_SIDE, quality = PREVIEW_QUALITY }: PreviewEncoding = {},
): Promise<{ jpeg: Buffer; width: number; height: number }> {
  const { data: jpeg, info } = await open(pixels)
    .resize(maxSize, maxSize, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality })
    .toBuffer({ resolveWithObject: true });
  return { jpeg, width: info.width, height: info.height };
}

const THUMBNAIL_QUALITY = 80;

/** The middle of a picture as a square JPEG. @throws Error for what is no picture */
export function squareThumbnail(picture: string | Buffer, size: number): Promise<Buffer> {
  return sharp(picture).resize(size, size).jpeg({ quality: THUMBNAIL_QUALITY }).toBuffer();
}

/** A picture as a WebP that is at most so large. @throws Error for what is no picture */
export function smallThumbnail(picture: string | Buffer, size: number): Promise<Buffer> {
  return sharp(picture)
    .resize(size, size, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: THUMBNAIL_QUALITY })
    .toBuffer();
}
