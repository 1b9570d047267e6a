import { describe, expect, it } from 'vitest';
import { memoryFrom } from './memory-lessons.js';

const FILES = 1000;

describe('memoryFrom', () => {
  it('takes the sizes of the files while nothing is known', () => {
    expect(memoryFrom([], 100, FILES)).toBe(FILES);
  });

  it('takes the middle of what jobs of the same size took', () => {
    const lessons = [1500, 9000, 1400].map((bytes) => ({ pixels: 100, bytes }));
    expect(memoryFrom(lessons, 100, FILES)).toBe(1500);
  });

  it('lets what goes beyond the files grow with the pixels, of one known size', () => {
    const lessons = [{ pixels: 100, bytes: 1500 }];
    expect(memoryFrom(lessons, 400, FILES)).toBe(3000);
    expect(memoryFrom(lessons, 50, FILES)).toBe(1250);
  });

  it('goes along the line through the two sizes most like it', () => {
    const lessons = [
      { pixels: 100, bytes: 1500 },
      { pixels: 200, bytes: 1600 },
      { pixels: 100_000, bytes: 5000 },
    ];
    expect(memoryFrom(lessons, 400, FILES)).toBe(1800);
    expect(memoryFrom(lessons, 150, FILES)).toBe(1550);
  });

  it('never takes less for more pixels, whatever the order of the measurements', () => {
    const lessons = [
      { pixels: 100, bytes: 1500 },
      { pixels: 200, bytes: 1400 },
    ];
    expect(memoryFrom(lessons, 90, FILES)).toBe(1500);
    expect(memoryFrom(lessons, 1000, FILES)).toBe(1400);
  });

  it('goes below the files only where the finished jobs did', () => {
    expect(memoryFrom([{ pixels: 100, bytes: 600 }], 50, FILES)).toBe(600);
    const steep = [
      { pixels: 100, bytes: 1500 },
      { pixels: 200, bytes: 4000 },
    ];
    expect(memoryFrom(steep, 10, FILES)).toBe(FILES);
  });
});
