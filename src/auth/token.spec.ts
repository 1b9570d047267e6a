import { describe, expect, it } from 'vitest';
import { bearerToken } from './token.js';

describe('bearerToken', () => {
  it.each([
    ['Bearer a.b-c_d', 'a.b-c_d'],
    ['bearer  a', 'a'],
    ['Bearer a ', 'a'],
    ['Bearer', null],
    ['Bearer ', null],
    ['Bearer a b', null],
    ['Basic a', null],
    ['a', null],
    ['', null],
    [undefined, null],
  ])('reads %j as %j', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });
});
