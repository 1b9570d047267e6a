import { describe, expect, it } from 'vitest';
import { GAP, layoutOf, placeAfter, thumbnailSize } from './tiles.js';

describe('layoutOf', () => {
  it.each([340, 390, 768, 1000, 1440])('fills a width of %d with square tiles', (width) => {
    const { columns, side } = layoutOf(width);
    expect(columns * side + (columns - 1) * GAP).toBeCloseTo(width);
    expect(side).toBeGreaterThan(100);
    expect(side).toBeLessThan(260);
  });

  it('has three columns on a phone', () => {
    expect(layoutOf(358).columns).toBe(3);
  });
});

describe('thumbnailSize', () => {
  it.each([
    [{ width: 512, height: 512 }, 180, 1, 200],
    [{ width: 512, height: 512 }, 180, 2, 500],
    [{ width: 512, height: 768 }, 180, 1, 320],
    [{ width: 2048, height: 256 }, 180, 1, 500],
  ])('fills the tile with %j, %d wide at density %d, by %d', (picture, side, density, size) => {
    expect(thumbnailSize(picture, side, density)).toBe(size);
  });
});

describe('placeAfter', () => {
  const grid = { columns: 5, total: 23, rows: 3 };

  it.each([
    ['ArrowRight', 7, 8],
    ['ArrowLeft', 7, 6],
    ['ArrowDown', 7, 12],
    ['ArrowUp', 7, 2],
    ['ArrowUp', 2, 0],
    ['ArrowDown', 21, 22],
    ['ArrowLeft', 0, 0],
    ['Home', 7, 0],
    ['End', 7, 22],
    ['PageDown', 1, 16],
    ['PageUp', 17, 2],
    ['x', 7, undefined],
  ])('%s leads from %d to %s', (key, place, next) => {
    expect(placeAfter(key, place, grid)).toBe(next);
  });
});
