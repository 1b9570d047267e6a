import { expect } from 'vitest';
import type { ErrorEnvelope } from '../../src/common/index.js';
import { jsonOf, type HttpReply } from './client.js';

/** Checks that a refusal has the documented shape, wholly and with nothing besides; gives its content. */
export function envelopeOf(reply: HttpReply): ErrorEnvelope['error'] {
  expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
  const body = jsonOf<ErrorEnvelope>(reply);
  expect(Object.keys(body)).toEqual(['error']);
  const { problems, ...error } = body.error;
  expect(error).toEqual({
    message: expect.stringMatching(/./) as string,
    code: expect.stringMatching(/^[A-Z_]+$/) as string,
    status_code: reply.status,
    request_id: reply.headers['x-request-id'],
    timestamp: expect.toSatisfy(
      (seconds: number) => Number.isInteger(seconds) && Math.abs(Date.now() / 1000 - seconds) < 5,
    ) as number,
  });
  for (const problem of problems ?? []) {
    expect(Object.keys(problem).toSorted()).toEqual(['field', 'message']);
  }
  return body.error;
}
