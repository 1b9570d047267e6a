import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, tokenOf } from '../support/auth.js';

const OURS = 'https://pages.example';
const OTHERS = 'https://elsewhere.example';
const ALLOWED = 'access-control-allow-origin';

/** What browsers call in this API and in those of other servers. */
const CALLS = [
  ['POST', '/api/generate/text2img'],
  ['POST', '/v1/images/generations'],
  ['GET', '/v1/models'],
  ['POST', '/sdapi/v1/txt2img'],
  ['GET', '/sdapi/v1/progress'],
  ['DELETE', '/mold/api/gallery/image/a.png'],
] as const;

let open: TestApp;
let closed: TestApp;

beforeAll(async () => {
  open = await createTestApp({ env: { ATELIER_CORS_ORIGINS: `https://more.example, ${OURS}` } });
  closed = await createTestApp();
});

afterAll(async () => {
  await open.close();
  await closed.close();
});

function preflight({ app }: TestApp, origin: string, method: string, url: string) {
  const headers = {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
  };
  return app.inject({ method: 'OPTIONS', url, headers });
}

describe('a web page of an origin in the settings', () => {
  it.each(CALLS)('may ask for %s %s, with a credential of its own', async (method, url) => {
    const { statusCode, headers } = await preflight(open, OURS, method, url);
    expect(statusCode).toBe(204);
    expect(headers).toMatchObject({
      [ALLOWED]: OURS,
      'access-control-allow-headers': 'authorization,content-type,x-stainless-lang',
      'access-control-allow-methods': expect.stringContaining(method) as string,
      vary: expect.stringContaining('Origin') as string,
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('reads answers, and refusals as well', async () => {
    const credentials = bearer(await tokenOf(open.app));
    for (const [more, status] of [
      [credentials, 200],
      [{}, 401],
    ] as const) {
      const headers = { origin: OURS, ...more };
      const answer = await open.app.inject({ url: '/api/auth/me', headers });
      expect([answer.statusCode, answer.headers[ALLOWED]]).toEqual([status, OURS]);
    }
  });
});

describe('a web page of another origin', () => {
  it('may nothing, and reads nothing', async () => {
    const asked = await preflight(open, OTHERS, 'POST', '/v1/images/generations');
    const read = await open.app.inject({ url: '/api/auth/me', headers: { origin: OTHERS } });
    for (const { headers } of [asked, read]) expect(headers).not.toHaveProperty(ALLOWED);
  });

  it('may nothing where no origin is set', async () => {
    for (const [method, url] of CALLS) {
      const { headers } = await preflight(closed, OURS, method, url);
      expect(headers).not.toHaveProperty(ALLOWED);
    }
  });
});

describe('OPTIONS without the headers of a browser', () => {
  it('asks for a route like any other', async () => {
    const { statusCode } = await open.app.inject({ method: 'OPTIONS', url: '/sdapi/v1/nothing' });
    expect(statusCode).toBe(404);
  });
});
