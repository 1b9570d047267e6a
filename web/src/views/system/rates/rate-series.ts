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

/** Times first, then the values of each series: what the chart wants. */
export function chartData(points: readonly Point[], series: readonly Series[]): number[][] {
  return [
    points.map(({ time }) => time),
    ...series.map(({ figure }) => points.map((point) => point[figure])),
  ];
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
