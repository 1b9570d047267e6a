import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';

let server: TestApp;
let port: number;

beforeAll(async () => {
  server = await createTestApp();
  port = Number(new URL(await server.listen()).port);
});

afterAll(async () => {
  await server.close();
});

/** All that the server says to these bytes. */
function answerTo(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('Error Responses: what never becomes a request', () => {
  it.each([
    ['an address that is too long', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    [
      'a header that is too long',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    ['something else than HTTP', 'hello\r\n\r\n', 400],
  ])('%s is answered with the documented body', async (_, bytes, status) => {
    const answer = await answerTo(bytes);
    const [head, body] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('Content-Type: application/json; charset=utf-8');
    expect(JSON.parse(body ?? '')).toEqual({
      error: {
        message: expect.stringMatching(/\.$/) as string,
        code: 'INVALID_PARAMETERS',
        status_code: status,
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        timestamp: expect.closeTo(Date.now() / 1000, -2) as number,
      },
    });
  });
});
