import { describe, expect, it } from 'vitest';
import { ApiError, toApiError } from './errors.js';

const body = {
  error: {
    code: 'VALIDATION_ERROR',
    message: 'name must be a text.',
    status_code: 400,
    problems: [{ field: 'name', message: 'name must be a text.' }],
  },
};

describe('toApiError', () => {
  it('keeps what the server says, field by field', () => {
    const error = toApiError(body, 400);
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', status: 400 });
    expect(error.problemOf('name')).toBe('name must be a text.');
    expect(error.problemOf('other')).toBeUndefined();
  });

  it.each([
    ['42', 42],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    [null, undefined],
  ])('knows how long to wait: %j', (header, seconds) => {
    expect(toApiError(body, 429, header).retryAfter).toBe(seconds);
  });

  it('says what to do where there was no answer', () => {
    expect(toApiError(new TypeError('Failed to fetch'))).toMatchObject({
      code: 'UNREACHABLE',
      status: 0,
    });
  });

  it('leaves an error of the API as it is', () => {
    const error = new ApiError('Stop.', 'STOP', 400);
    expect(toApiError(error, 500)).toBe(error);
  });

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
