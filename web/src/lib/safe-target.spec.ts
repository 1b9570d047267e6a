import { describe, expect, it } from 'vitest';
import { safeTarget } from './safe-target.js';

describe('safeTarget', () => {
  it.each(['/queue', '/gallery?search=apple#3'])('takes %s', (path) => {
    expect(safeTarget(path)).toBe(path);
  });

  it.each([
    'https://elsewhere.example/',
    '//elsewhere.example',
    '/\\elsewhere.example',
    'javascript:alert(1)',
    'queue',
    '/log-in?to=/queue',
    '/welcome',
    undefined,
    ['/queue'],
  ])('refuses %j', (wanted) => {
    expect(safeTarget(wanted)).toBeUndefined();
  });
});
