import { describe, expect, it } from 'vitest';
import { ago, bytes, count, duration } from './format.js';

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [150 * 1024, '150 KiB'],
    [6.5 * 1024 ** 3, '6.5 GiB'],
    [3000 * 1024 ** 4, '3000 TiB'],
  ])('shows %d as %s', (value, text) => {
    expect(bytes(value)).toBe(text);
  });
});

describe('duration', () => {
  it.each([
    [840, '0.8 s'],
    [42_000, '42 s'],
    [185_000, '3 min 05 s'],
    [7_800_000, '2 h 10 min'],
  ])('shows %d milliseconds as %s', (value, text) => {
    expect(duration(value)).toBe(text);
  });
});

describe('ago', () => {
  it('takes the largest unit that fits', () => {
    expect(ago(1000, 1010)).toMatch(/now|second/);
    expect(ago(1000, 1000 + 180)).toContain('3');
    expect(ago(0, 86_400 * 3)).toContain('3');
  });
});

describe('count', () => {
  it('knows one from many', () => {
    expect(count(1, 'picture')).toBe('1 picture');
    expect(count(2, 'picture')).toBe('2 pictures');
    expect(count(0, 'entry', 'entries')).toBe('0 entries');
  });
});
