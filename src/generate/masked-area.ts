import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RawImage } from '../engine/index.js';
import { resizePixels } from '../files/index.js';

/** A part of a picture, in its pixels. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

type Sides = Pick<Area, 'width' | 'height'>;

/** From one place to another along one side of a picture. */
interface Stretch {
  from: number;
  length: number;
}

/** The stretch made so long, about its middle, but not over the ends of the side. */
function lengthened({ from, length }: Stretch, wanted: number, side: number): Stretch {
  const longer = Math.min(Math.max(Math.round(wanted), length), side);
  const middle = from - Math.floor((longer - length) / 2);
  return { from: Math.min(Math.max(middle, 0), side - longer), length: longer };
}

function whole({ width, height }: Sides): Area {
  return { left: 0, top: 0, width, height };
}

/**
 * The smallest area with all that is not black; the whole mask where all is. Black is skipped by comparing
 * memory, because a loop over some ten megapixels would keep everybody waiting.
 */
function paintedArea({ width, height, data }: RawImage): Area {
  const pixels = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const black = Buffer.alloc(width);
  const painted = { left: width, top: height, right: -1, bottom: -1 };
  for (let y = 0; y < height; y += 1) {
    const row = pixels.subarray(y * width, (y + 1) * width);
    if (row.equals(black)) continue;
    painted.top = Math.min(painted.top, y);
    painted.bottom = y;
    const before = row.subarray(0, painted.left);
    if (!before.equals(black.subarray(0, before.length)))
      painted.left = before.findIndex((value) => value !== 0);
    const behind = row.subarray(painted.right + 1);
    if (!behind.equals(black.subarray(0, behind.length)))
      painted.right += 1 + behind.findLastIndex((value) => value !== 0);
  }
  const { left, top, right, bottom } = painted;
  if (right < 0) return whole({ width, height });
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/**
 * The part of a picture that is drawn anew: what its mask has, with so many pixels around it, and as much
 * more as gives it the shape of what is drawn, where the picture is large enough.
 */
export function areaOf(mask: RawImage, padding: number, drawn: Sides): Area {
  const { left, top, width, height } = paintedArea(mask);
  const pad = (from: number, length: number, side: number): Stretch => {
    const start = Math.max(from - padding, 0);
    return { from: start, length: Math.min(from + length + padding, side) - start };
  };
  const wide = pad(left, width, mask.width);
  const high = pad(top, height, mask.height);
  const shape = drawn.width / drawn.height;
  const x = lengthened(wide, high.length * shape, mask.width);
  const y = lengthened(high, wide.length / shape, mask.height);
  return { left: x.from, top: y.from, width: x.length, height: y.length };
}

function cut({ width, channels, data }: RawImage, area: Area): RawImage {
  const rows = Array.from({ length: area.height }, (_, row) => {
    const begin = ((area.top + row) * width + area.left) * channels;
    return data.subarray(begin, begin + area.width * channels);
  });
  return { width: area.width, height: area.height, channels, data: Buffer.concat(rows) };
}

async function fitted(picture: RawImage, { width, height }: Sides): Promise<RawImage> {
  if (picture.width === width && picture.height === height) return picture;
  return resizePixels(picture, width, height);
}

/** After how many rows other work has its turn: some megapixels a step would keep everybody waiting. */
const ROWS_AT_ONCE = 64;

/** What is drawn of a picture of which only the masked part is drawn, and how it is put back. */
export class MaskedArea {
  private constructor(
    private readonly picture: RawImage,
    private readonly mask: RawImage,
    private readonly area: Area,
  ) {}

  /** @param drawn the size in which the part is drawn */
  static async of(
    { picture, mask }: { picture: RawImage; mask: RawImage },
    padding: number,
    drawn: Sides,
  ): Promise<MaskedArea> {
    const fitting = await fitted(mask, picture);
    return new MaskedArea(picture, fitting, areaOf(fitting, padding, drawn));
  }

  /** The part of everything that goes in, in the size in which it is drawn. */
  async forEngine(
    drawn: Sides,
    control?: RawImage,
  ): Promise<{ initImage: RawImage; maskImage: RawImage; controlImage?: RawImage }> {
    const part = async (whole: RawImage): Promise<RawImage> =>
      fitted(cut(await fitted(whole, this.picture), this.area), drawn);
    return {
      initImage: await part(this.picture),
      maskImage: await part(this.mask),
      ...(control && { controlImage: await part(control) }),
    };
  }

  /** The picture with what was drawn in it, as far as the mask is white; its other pixels are as they were. */
  async with(drawn: RawImage): Promise<RawImage> {
    const { left, top, width, height } = this.area;
    const part = await fitted(drawn, this.area);
    const { channels } = this.picture;
    const data = Buffer.from(this.picture.data);
    for (let y = 0; y < height; y += 1) {
      if (y % ROWS_AT_ONCE === 0) await nextTurn();
      for (let x = 0; x < width; x += 1) {
        const at = (top + y) * this.picture.width + left + x;
        const share = (this.mask.data[at] ?? 0) / 255;
        for (let channel = 0; channel < channels; channel += 1) {
          const target = at * channels + channel;
          const before = data[target] ?? 0;
          const after = part.data[(y * width + x) * channels + channel] ?? 0;
          data[target] = Math.round(before + (after - before) * share);
        }
      }
    }
    return { ...this.picture, data };
  }
}
