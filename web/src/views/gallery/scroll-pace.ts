/** Heights of the window in a second: who scrolls faster looks at nothing on the way. */
const LOOKING = 4;

/** Whether somebody who scrolled so many pixels in so many milliseconds can see what passes. */
export function isLooking(pixels: number, milliseconds: number, windowHeight: number): boolean {
  return Math.abs(pixels) / Math.max(1, milliseconds) <= (LOOKING * windowHeight) / 1000;
}
