import { describe, expect, it } from 'vitest';
import { asNumbers, fromNumbers, isSlider, summaryOf } from './option-text.js';

describe('numbers as a text', () => {
  it('is read as it is written', () => {
    expect(asNumbers('1, 2.5;3  4')).toEqual([1, 2.5, 3, 4]);
    expect(fromNumbers([1, 2.5])).toBe('1, 2.5');
  });

  it('is nothing where nothing was written', () => {
    expect(asNumbers('  ')).toBeUndefined();
    expect(fromNumbers(undefined)).toBe('');
  });
});

describe('isSlider', () => {
  it('is for bounds that a finger can find its way between', () => {
    expect(isSlider({ min: 0, max: 1, step: 0.1 })).toBe(true);
    expect(isSlider({ min: 0, max: 4096, step: 1 })).toBe(false);
    expect(isSlider({ min: 1 })).toBe(false);
  });
});

describe('summaryOf', () => {
  it('leaves out how a picture is sent', () => {
    const description = 'The picture to begin from: base64, a data URL.';
    expect(summaryOf({ description, type: 'picture' })).toBe('The picture to begin from.');
    expect(summaryOf({ description, type: 'text' })).toBe(description);
  });
});
