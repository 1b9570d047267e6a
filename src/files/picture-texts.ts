import sharp from 'sharp';
import { readExifTexts } from './exif.js';
import { pictureKind } from './picture-kind.js';
import { readPngTexts } from './png-text.js';

/** The texts that `encodePicture` put into a picture, by keyword; none for a picture without any. */
export async function readPictureTexts(picture: Buffer): Promise<Record<string, string>> {
  if (pictureKind(picture) === 'png') return readPngTexts(picture);
  const { exif } = await sharp(picture).metadata();
  return exif ? readExifTexts(exif) : {};
}
