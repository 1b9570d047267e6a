import { describe, expect, it } from 'vitest';
import { toApiError } from './errors.js';

describe('toApiError', () => {
  it('takes an answer that was cut off for none, so that nobody is logged out by it', () => {
    expect(toApiError(new TypeError('aborted'), 200)).toMatchObject({
      status: 0,
      code: 'UNREACHABLE',
    });
  });

  it('keeps the status of a refusal without our words', () => {
    expect(toApiError('<h1>Bad gateway</h1>', 502)).toMatchObject({ status: 502, code: 'UNKNOWN' });
  });
});
