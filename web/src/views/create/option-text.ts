import type { Option, Value } from './parameters.js';

/** More places than this are not found with a slider. */
const MOST_PLACES = 500;

/** Whether the bounds of a number are close enough to show a slider. */
export function isSlider({ min, max, step = 1 }: Pick<Option, 'min' | 'max' | 'step'>): boolean {
  return min !== undefined && max !== undefined && (max - min) / step <= MOST_PLACES;
}

/** What the server says of an option, without the forms of a picture, of which the page takes care. */
export function summaryOf({ description, type }: Pick<Option, 'description' | 'type'>): string {
  const isPicture = type === 'picture' || type === 'pictures';
  return isPicture ? `${description.split(/[:;]/)[0]}.` : description;
}

/** "1, 2.5" is [1, 2.5]; undefined where there is none. */
export function asNumbers(text: string): number[] | undefined {
  const numbers = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  return numbers.length > 0 ? numbers.filter((one) => !Number.isNaN(one)) : undefined;
}

export function fromNumbers(value: Value | undefined): string {
  return Array.isArray(value) ? value.map((one) => JSON.stringify(one)).join(', ') : '';
}
