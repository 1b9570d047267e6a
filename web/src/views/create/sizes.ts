export interface Size {
  width: number;
  height: number;
}

export interface SizePreset extends Size {
  /** Such as "3:2". */
  ratio: string;
}

const RATIOS: Array<[number, number]> = [
  [1, 1],
  [4, 3],
  [3, 2],
  [16, 9],
  [3, 4],
  [2, 3],
  [9, 16],
];

function fit(length: number, step: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.round(length / step) * step));
}

interface Bounds {
  min?: number;
  max?: number;
  step?: number;
}

/** More pixels than the model draws best, by this factor, still come out well. */
const STILL_WELL = 2;

/** The size to draw a picture in that begins from one of this size: its own, unless that is too large. */
export function sizeFor(
  input: Size,
  usual: Size,
  { min = 64, max = 4096, step = 8 }: Bounds,
): Size {
  const excess = (input.width * input.height) / (usual.width * usual.height);
  const scale = excess > STILL_WELL ? 1 / Math.sqrt(excess) : 1;
  return {
    width: fit(input.width * scale, step, min, max),
    height: fit(input.height * scale, step, min, max),
  };
}

/** Sizes of the usual aspect ratios with about as many pixels as the model draws best. */
export function presetsOf(
  { width, height }: Size,
  { min = 64, max = 4096, step = 8 }: Bounds,
): SizePreset[] {
  const area = width * height;
  // Models of real size want multiples of 64; below that it would bend the ratio too far.
  const grid = area >= 512 * 512 ? Math.max(step, 64) : step;
  return RATIOS.map(([across, down]) => {
    const unit = Math.sqrt(area / (across * down));
    return {
      ratio: `${across}:${down}`,
      width: fit(unit * across, grid, min, max),
      height: fit(unit * down, grid, min, max),
    };
  });
}
