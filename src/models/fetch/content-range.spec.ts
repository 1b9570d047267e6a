import { describe, expect, it } from 'vitest';
import { lengthBehindRange, parseContentRange } from './content-range.js';

describe('a content range', () => {
  it.each([
    ['bytes 5-9/10', { start: 5, total: 10 }],
    ['bytes 5-9/*', { start: 5, total: null }],
    ['bytes 9-5/10', undefined],
    ['bytes */10', undefined],
    ['items 5-9/10', undefined],
    ['bytes 5-9/10; evil', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (header, range) => {
    expect(parseContentRange(header)).toEqual(range);
  });

  it('of what is not there says how long the file is', () => {
    expect(lengthBehindRange('bytes */10')).toBe(10);
    expect(lengthBehindRange('bytes */*')).toBeUndefined();
    expect(lengthBehindRange(undefined)).toBeUndefined();
  });
});
