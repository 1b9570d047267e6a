import { describe, expect, it } from 'vitest';
import { printable } from './logger.js';

describe('printable', () => {
  it('shows the second line of a message as a continuation', () => {
    const forged = 'prompt: cat\n[Nest] 1  - 01/01/2026  LOG [Auth] admin signed in';
    expect(printable(forged).split('\n')[1]).toMatch(/^ {4}\| \[Nest\]/);
  });

  it.each([
    ['a carriage return', 'a\rb', 'a\\u000db'],
    ['an escape sequence', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
    ['a single-byte control sequence introducer', 'a\u009b2Jb', 'a\\u009b2Jb'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['a change of direction', 'a\u202eb', 'a\\u202eb'],
  ])('escapes %s', (_, message, expected) => {
    expect(printable(message)).toBe(expected);
  });

  it('leaves letters of all languages and tabs alone', () => {
    expect(printable('Größe\t猫 🍎')).toBe('Größe\t猫 🍎');
  });
});
