import { decodeImage, encodePng } from '../../../files/index.js';

const OPAQUE = 255;

/**
 * OpenAI's mask as the core wants it: white where the picture is painted anew. It is transparent there; a
 * mask without transparency is one in the core's form already.
 * @throws ValidationError naming the field
 */
export async function coreMask(mask: Buffer): Promise<Buffer> {
  const { width, height, data } = await decodeImage(mask, 'mask', 'rgba');
  const painted = Buffer.alloc(width * height);
  for (let at = 0; at < painted.length; at += 1)
    painted[at] = OPAQUE - (data[at * 4 + 3] ?? OPAQUE);
  return painted.some((value) => value > 0)
    ? encodePng({ width, height, channels: 1, data: painted }, {})
    : mask;
}
