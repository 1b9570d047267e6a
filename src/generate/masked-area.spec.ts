import { describe, expect, it } from 'vitest';
import type { RawImage } from '../engine/index.js';
import { areaOf, MaskedArea, type Area } from './masked-area.js';

function picture(width: number, height: number, channels: 1 | 3, value: number): RawImage {
  return { width, height, channels, data: Buffer.alloc(width * height * channels, value) };
}

/** Black, but white in an area. */
function mask(width: number, height: number, white?: Area): RawImage {
  const made = picture(width, height, 1, 0);
  if (!white) return made;
  for (let y = white.top; y < white.top + white.height; y += 1)
    made.data.fill(255, y * width + white.left, y * width + white.left + white.width);
  return made;
}

const SQUARE = { width: 64, height: 64 };

describe('the area that is drawn', () => {
  const spot = { left: 40, top: 50, width: 10, height: 10 };

  it.each<[string, Area, number, Area]>([
    ['the mask alone', spot, 0, spot],
    ['with what is around it', spot, 4, { left: 36, top: 46, width: 18, height: 18 }],
    [
      'as long as it is wide',
      { ...spot, height: 4 },
      0,
      { left: 40, top: 47, width: 10, height: 10 },
    ],
    [
      'but not over the edge',
      { left: 0, top: 96, width: 20, height: 4 },
      2,
      { left: 0, top: 78, width: 22, height: 22 },
    ],
  ])('is %s', (_, white, padding, area) => {
    expect(areaOf(mask(100, 100, white), padding, SQUARE)).toEqual(area);
  });

  it('has the shape of what is drawn where there is room', () => {
    const area = areaOf(mask(100, 100, spot), 0, { width: 128, height: 64 });
    expect(area).toEqual({ left: 35, top: 50, width: 20, height: 10 });
  });

  it('is as much of a narrow picture as there is', () => {
    const area = areaOf(mask(100, 8, { left: 10, top: 0, width: 30, height: 8 }), 0, SQUARE);
    expect(area).toEqual({ left: 10, top: 0, width: 30, height: 8 });
  });

  it('is the whole picture where the mask is black', () => {
    expect(areaOf(mask(100, 50), 4, SQUARE)).toEqual({ left: 0, top: 0, width: 100, height: 50 });
  });
});

describe('a picture of which a part is drawn', () => {
  const white = { left: 20, top: 20, width: 40, height: 40 };

  it('gives the engine that part, in the size asked for', async () => {
    const area = await MaskedArea.of(
      { picture: picture(100, 80, 3, 7), mask: mask(100, 80, white) },
      0,
      SQUARE,
    );
    expect(await area.forEngine(SQUARE)).toEqual({
      initImage: picture(64, 64, 3, 7),
      maskImage: picture(64, 64, 1, 255),
    });
    // What ControlNet follows lies over the whole picture, whatever its size.
    const control = mask(50, 40, { left: 10, top: 10, width: 20, height: 20 });
    const { controlImage } = await area.forEngine(SQUARE, control);
    expect(controlImage!.data[64 * 32 + 32]).toBe(255);
    expect([controlImage!.width, controlImage!.height]).toEqual([64, 64]);
  });

  it('stays as it was outside the mask, and is what was drawn within', async () => {
    const soft = mask(100, 80, white);
    soft.data[20 * 100 + 20] = 128;
    const area = await MaskedArea.of({ picture: picture(100, 80, 3, 10), mask: soft }, 8, SQUARE);
    const { width, height, data } = await area.with(picture(64, 64, 3, 210));
    expect([width, height]).toEqual([100, 80]);
    const at = (x: number, y: number): number => data[(y * 100 + x) * 3]!;
    expect([at(19, 30), at(30, 19), at(60, 30), at(99, 79)]).toEqual([10, 10, 10, 10]);
    expect([at(21, 20), at(40, 40), at(59, 59)]).toEqual([210, 210, 210]);
    expect(at(20, 20)).toBe(110);
  });

  it('takes a mask of another size', async () => {
    const area = await MaskedArea.of(
      {
        picture: picture(100, 80, 3, 10),
        mask: mask(50, 40, { ...SQUARE, left: 0, top: 0, width: 25, height: 40 }),
      },
      0,
      SQUARE,
    );
    const { data } = await area.with(picture(64, 64, 3, 210));
    expect([data[10 * 3], data[90 * 3]]).toEqual([210, 10]);
  });
});
