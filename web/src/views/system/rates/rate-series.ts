import type { RatesDto } from '../../../api/generated/types.gen.js';

type Point = RatesDto['points'][number];
type Figure = Exclude<keyof Point, 'time'>;

export interface Series {
  name: string;
  figure: Figure;
  /** Of the style sheet's colours. */
  color: string;
}

export const ENDED: readonly Series[] = [
  { name: 'Done', figure: 'completed', color: '--good' },
  { name: 'Failed', figure: 'failed', color: '--bad' },
  { name: 'Cancelled', figure: 'cancelled', color: '--warn' },
];

export const OPEN: readonly Series[] = [
  { name: 'Waiting', figure: 'waiting', color: '--text-soft' },
  { name: 'Running', figure: 'running', color: '--accent' },
];

/**
 * What the chart wants of states: times first, then the values of each series. A value is that at the end of
 * its slot, which is `step` seconds long.
 */
export function stateData(points: readonly Point[], series: readonly Series[], step: number) {
  return [
    points.map(({ time }) => time + step),
    ...series.map(({ figure }) => points.map((point) => point[figure])),
  ];
}

/**
 * What the chart wants of amounts that stand on one another: the highest first, because what is drawn later
 * stands in front of it.
 */
export function stackedData(points: readonly Point[], series: readonly Series[]): number[][] {
  const height = (point: Point, upTo: number): number =>
    series.slice(0, upTo + 1).reduce((sum, { figure }) => sum + point[figure], 0);
  const stacks = series.map((_one, index) => points.map((point) => height(point, index)));
  return [points.map(({ time }) => time), ...stacks.toReversed()];
}

function isQuiet(point: Point, series: readonly Series[]): boolean {
  return series.every(({ figure }) => point[figure] === 0);
}

/** The slots in which there was something, the newest first: what the table shows. */
export function busyPoints(points: readonly Point[], series: readonly Series[]): Point[] {
  return points.filter((point) => !isQuiet(point, series)).toReversed();
}

/** A chart in a sentence. */
export function summaryOf(
  points: readonly Point[],
  series: readonly Series[],
  sum: boolean,
): string {
  const parts = series.map(({ name, figure }) => {
    const values = points.map((point) => point[figure]);
    return sum
      ? `${name.toLowerCase()} ${values.reduce((all, value) => all + value, 0)}`
      : `${name.toLowerCase()} now ${values.at(-1) ?? 0}, at most ${Math.max(0, ...values)}`;
  });
  return parts.join('; ');
}
