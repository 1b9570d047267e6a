import sharp from 'sharp';

/** A picture of one colour as clients send it, in base64. */
export async function pictureBase64(
  width = 32,
  height = 32,
  background = '#c01010',
): Promise<string> {
  const create = { width, height, channels: 3, background } as const;
  return (await sharp({ create }).png().toBuffer()).toString('base64');
}
