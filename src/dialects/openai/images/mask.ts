import sharp from 'sharp';
import { decodeImage } from '../../../files/index.js';

/**
 * OpenAI's mask as the core wants it: white where the picture is painted anew. It is transparent there; a
 * mask without transparency is one in the core's form already.
 * @throws ValidationError naming the field
 */
export async function coreMask(mask: Buffer): Promise<Buffer> {
  const { width, height, channels, data } = await decodeImage(mask, 'mask', 'rgba');
  const painted = sharp(data, { raw: { width, height, channels } })
    .extractChannel('alpha')
    .negate();
  const png = await painted.png().toBuffer();
  const { channels: statistics } = await sharp(png).stats();
  return statistics.some(({ max }) => max > 0) ? png : mask;
}
