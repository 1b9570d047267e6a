import { describe, expect, it } from 'vitest';
import { promptProblem } from './prompt-check.js';

const LIMIT = 100;

describe('promptProblem', () => {
  it.each([
    'red apple',
    '',
    '(cat:1.2), [dog], ((bird))',
    '(cat:.5)',
    '(cat:-1)',
    '(cat:1.)',
    'unbalanced ((( ]]] :)',
    'a smile :) and : 5)',
    '🍎 яблоко 苹果',
    'one BREAK two',
    '\\(literal\\)',
  ])('accepts %j', (prompt) => {
    expect(promptProblem(prompt, LIMIT)).toBeUndefined();
  });

  it.each([
    ['(cat:.)', /"\." is not a number/],
    ['(cat:..)', /not a number/],
    ['(cat:-.)', /not a number/],
    ['(cat:1.2.3)', /not a number/],
    [`(cat:${'9'.repeat(60)})`, /beyond 100/],
    ['(cat:101)', /beyond 100/],
    ['cat:.)', /not a number/],
    ['a\0b', /NUL/],
    ['\ud800', /Unicode/],
    ['x'.repeat(101), /101 characters long; at most 100/],
  ])('refuses %j', (prompt, reason) => {
    expect(promptProblem(prompt, LIMIT)).toMatch(reason);
  });

  it('counts characters, not code units, and bytes besides', () => {
    expect(promptProblem('é'.repeat(75), LIMIT)).toBeUndefined();
    expect(promptProblem('é'.repeat(101), LIMIT)).toMatch(/101 characters/);
    expect(promptProblem('🍎'.repeat(38), LIMIT)).toMatch(/152 bytes long; at most 150/);
  });
});
