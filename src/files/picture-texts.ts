import sharp from 'sharp';
import { readExifTexts } from './exif.js';
import { pictureKind } from './picture-kind.js';
import { readPngTexts } from './png-text.js';

/** The texts that `encodePicture` put into a picture, by keyword; none for a picture without any. */
export async function readPictureTexts(picture: Buffer): Promise<Record<string, string>> {
  if (pictureKind(picture) === 'png') return readPngTexts(picture);
  const { exif } = await sharp(picture, { pages: 1 }).metadata();
  if (!exif) return {};
  try {
    return readExifTexts(exif);
  } catch {
    // Another program's block, or a damaged one: offsets that lead out of it, a description that is no JSON.
    return {};
  }
}
