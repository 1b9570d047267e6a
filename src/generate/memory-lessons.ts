import { median } from './median.js';

/** What a finished job took. */
export interface MemoryLesson {
  /** Pixels that the engine had in hand at a time. */
  pixels: number;
  bytes: number;
}

interface KnownSize {
  pixels: number;
  bytes: number;
}

/** The sizes that something is known of, the one most like the wanted size first. */
function knownSizes(lessons: readonly MemoryLesson[], pixels: number): KnownSize[] {
  const unlike = (size: number): number => Math.abs(Math.log(size / pixels));
  return Array.from(
    Map.groupBy(lessons, (lesson) => lesson.pixels),
    ([size, same]) => ({ pixels: size, bytes: median(same.map(({ bytes }) => bytes)) }),
  ).toSorted((a, b) => unlike(a.pixels) - unlike(b.pixels));
}

/**
 * What a job of this size will take in bytes: as finished ones of the same size did, else on the line
 * through the two sizes most like it; of one known size, all beyond the model's files grows with the pixels.
 * @param files bytes of the model's files; the answer where nothing is known.
 */
export function memoryFrom(
  lessons: readonly MemoryLesson[],
  pixels: number,
  files: number,
): number {
  const [near, next] = knownSizes(lessons, pixels);
  if (!near) return files;
  const beyond = Math.max(near.bytes - files, 0);
  const slope = next
    ? Math.max((next.bytes - near.bytes) / (next.pixels - near.pixels), 0)
    : beyond / near.pixels;
  const bytes = near.bytes + slope * (pixels - near.pixels);
  return Math.round(Math.max(bytes, Math.min(near.bytes, files)));
}
