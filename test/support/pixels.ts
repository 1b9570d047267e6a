import sharp from 'sharp';

/** Red, green and blue of each pixel. */
async function pixels(picture: Buffer): Promise<Buffer> {
  return sharp(picture).removeAlpha().raw().toBuffer();
}

/** Mean of red, green and blue in a box of a picture. */
export async function mean(
  picture: Buffer,
  left: number,
  top: number,
  side: number,
): Promise<number[]> {
  const { channels } = await sharp(picture)
    .extract({ left, top, width: side, height: side })
    .toBuffer()
    .then((box) => sharp(box).stats());
  return channels.slice(0, 3).map((channel) => channel.mean);
}

/** Mean difference of two pictures of 128x128, 0 to 255, in the columns that are meant. */
export async function difference(
  a: Buffer,
  b: Buffer,
  within: (x: number) => boolean,
): Promise<number> {
  const [first, second] = [await pixels(a), await pixels(b)];
  let [sum, count] = [0, 0];
  for (let at = 0; at < first.length; at += 1) {
    if (!within(Math.floor(at / 3) % 128)) continue;
    sum += Math.abs(first[at]! - second[at]!);
    count += 1;
  }
  return sum / count;
}
