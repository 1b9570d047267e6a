import { describe, expect, it } from 'vitest';
import { presetsOf, sizeFor } from './sizes.js';

describe('presetsOf', () => {
  it('begins with what the model draws best', () => {
    expect(presetsOf({ width: 1024, height: 1024 }, {})[0]).toEqual({
      ratio: '1:1',
      width: 1024,
      height: 1024,
    });
  });

  it.each([128, 512, 1024])(
    'keeps to the grid, and to about as many pixels as %i squared',
    (side) => {
      for (const { width, height } of presetsOf({ width: side, height: side }, { step: 8 })) {
        expect([width % 8, height % 8]).toEqual([0, 0]);
        expect((width * height) / side ** 2).toBeGreaterThan(0.8);
        expect((width * height) / side ** 2).toBeLessThan(1.2);
      }
    },
  );

  it('stays within the bounds', () => {
    const sizes = presetsOf({ width: 64, height: 64 }, { min: 64, max: 96, step: 8 });
    expect(Math.min(...sizes.map(({ height }) => height))).toBe(64);
    expect(Math.max(...sizes.map(({ width }) => width))).toBeLessThanOrEqual(96);
  });
});

describe('sizeFor', () => {
  const usual = { width: 512, height: 512 };

  it('is that of the picture, on the grid', () => {
    expect(sizeFor({ width: 600, height: 403 }, usual, {})).toEqual({ width: 600, height: 400 });
  });

  it('is as many pixels as the model draws best where the picture is far larger', () => {
    expect(sizeFor({ width: 4000, height: 1000 }, usual, {})).toEqual({ width: 1024, height: 256 });
  });

  it('stays within the bounds', () => {
    expect(sizeFor({ width: 10, height: 5000 }, usual, {})).toEqual({ width: 64, height: 4096 });
  });
});
