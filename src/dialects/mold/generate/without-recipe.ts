import { pictureKind, type PictureKind } from '../../../files/index.js';

const PNG_SIGNATURE = 8;
const PNG_TEXTS = ['tEXt', 'zTXt', 'iTXt', 'eXIf'];

/** Length, name and checksum of a PNG chunk, in bytes. */
const PNG_FRAME = 12;

/** Of a JPEG: where Exif and XMP are, and comments. */
const JPEG_TEXTS = [0xe1, 0xfe];
const JPEG_SCAN = 0xda;

const WEBP_HEADER = 12;
const WEBP_TEXTS = ['EXIF', 'XMP '];
/** In the flags of `VP8X`: that there are Exif and XMP. */
const WEBP_FLAGS = 0x0c;

function ofPng(file: Buffer): Buffer {
  const kept = [file.subarray(0, PNG_SIGNATURE)];
  for (let at = PNG_SIGNATURE; at + PNG_FRAME <= file.length;) {
    const end = at + PNG_FRAME + file.readUInt32BE(at);
    const name = file.toString('latin1', at + 4, at + 8);
    if (!PNG_TEXTS.includes(name)) kept.push(file.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

function ofJpeg(file: Buffer): Buffer {
  const kept = [file.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= file.length && file[at + 1] !== JPEG_SCAN) {
    const end = at + 2 + file.readUInt16BE(at + 2);
    if (!JPEG_TEXTS.includes(file[at + 1] ?? 0)) kept.push(file.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...kept, file.subarray(at)]);
}

function ofWebp(file: Buffer): Buffer {
  const kept = [Buffer.from(file.subarray(0, WEBP_HEADER))];
  for (let at = WEBP_HEADER; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    const chunk = Buffer.from(file.subarray(at, end));
    if (name === 'VP8X') chunk.writeUInt8(chunk.readUInt8(8) & ~WEBP_FLAGS, 8);
    if (!WEBP_TEXTS.includes(name)) kept.push(chunk);
    at = end;
  }
  const whole = Buffer.concat(kept);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}

const STRIPPERS: Partial<Record<PictureKind, (file: Buffer) => Buffer>> = {
  png: ofPng,
  jpeg: ofJpeg,
  webp: ofWebp,
};

/** The same picture, with nothing in its file that says how it was made; its pixels are not touched. */
export function withoutRecipe(file: Buffer): Buffer {
  const kind = pictureKind(file);
  return (kind && STRIPPERS[kind]?.(file)) ?? file;
}
