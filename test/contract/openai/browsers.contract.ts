import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOpenai, type OpenaiServer } from '../../support/openai.js';

const ORIGIN = 'https://pages.example';
const ALLOWED = 'access-control-allow-origin';

let closed: OpenaiServer;
let open: OpenaiServer;

beforeAll(async () => {
  closed = await startOpenai();
  open = await startOpenai(undefined, { ATELIER_CORS_ORIGINS: ORIGIN });
});

afterAll(async () => {
  await closed.close();
  await open.close();
});

describe('OPTIONS, from a client that wants to know what there is', () => {
  it.each([
    ['/images/generations', 'OPTIONS, POST'],
    ['/images/edits', 'OPTIONS, POST'],
    ['/images/variations', 'OPTIONS, POST'],
    ['/models', 'GET, HEAD, OPTIONS'],
  ])('is answered at %s without a credential, whatever web pages may', async (path, allow) => {
    for (const { stranger } of [closed, open]) {
      const { status, headers } = await stranger.fetch(path, { method: 'OPTIONS' });
      expect([status, headers.get('allow')]).toEqual([204, allow]);
      expect(headers.get('content-type')).toBeNull();
    }
  });
});

describe('a web page whose origin is set', () => {
  it('is let ask without a credential', async () => {
    const { status, headers } = await open.stranger.fetch('/images/generations', {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
    });
    expect([status, headers.get(ALLOWED)]).toEqual([204, ORIGIN]);
  });

  it.each([false, true])('reads a picture and its answer, with stream: %s', async (stream) => {
    const body = JSON.stringify({ prompt: 'red apple', size: '64x64', steps: 1, stream });
    const headers = { origin: ORIGIN, 'content-type': 'application/json' };
    const answer = await open.anna.fetch('/images/generations', { method: 'POST', body, headers });
    expect([answer.status, answer.headers.get(ALLOWED)]).toEqual([200, ORIGIN]);
    await answer.text();
    const [job] = await open.jobs(open.anna);
    const file = await open.stranger.fetch(`/images/files/${job!.id}/image_0.png`, { headers });
    expect([file.status, file.headers.get(ALLOWED)]).toEqual([200, ORIGIN]);
  });
});
