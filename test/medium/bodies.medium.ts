import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BodyReader, BodyRoutes, PUBLIC_BYTES, SMALL_BYTES } from '../../src/bodies/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, send, tokenOf } from '../support/auth.js';

let server: TestApp;
let url: string;
let token: string;

beforeAll(async () => {
  server = await createTestApp({ env: { ATELIER_BODY_LIMIT_MB: '4' } });
  url = await server.listen();
  await addUser(server.app, 'anna', 'user');
  token = await tokenOf(server.app, 'anna');
});

afterAll(() => server.close());

/** What is answered to a head, before anything of its body was sent. */
function answerTo(path: string, headers: Record<string, string>): Promise<string> {
  const { hostname, port } = new URL(url);
  const lines = Object.entries({ host: hostname, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    });
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.once('close', () => resolve(text));
    socket.once('error', reject);
  });
}

const JSON_BODY = { 'content-type': 'application/json', 'content-length': '4000000' };

describe('the size of a body', () => {
  it('is declared large only where images come in', () => {
    const routes = server.app.get(BodyRoutes, { strict: false });
    const declared = server.routes.filter(({ method }) =>
      ['POST', 'PUT', 'PATCH'].includes(method),
    );
    const large = declared
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => routes.classOf(route) === 'large');
    expect(large.toSorted()).toEqual(LARGE);
  });

  it('is 16 KiB where nobody has to sign in', async () => {
    const password = 'x'.repeat(PUBLIC_BYTES);
    const reply = await send(
      server.app,
      'POST',
      '/api/auth/login',
      {},
      { username: 'anna', password },
    );
    expect(reply.status).toBe(413);
    expect(reply.body).toMatchObject({
      error: { code: 'INVALID_PARAMETERS', message: 'The body of this request may have 16 KiB.' },
    });
  });

  it('is 256 KiB where no images come in', async () => {
    const job_id = 'x'.repeat(SMALL_BYTES);
    const reply = await send(server.app, 'POST', '/api/queue/cancel', bearer(token), { job_id });
    expect(reply.body).toMatchObject({
      error: { message: 'The body of this request may have 256 KiB.' },
    });
  });

  it('is the setting where images come in, which the refusal names', async () => {
    const fine = await send(server.app, 'POST', '/api/generate/img2img', bearer(token), {
      prompt: 'x',
      init_image: 'A'.repeat(3_000_000),
    });
    expect(fine.status).toBe(400);
    const reply = await send(server.app, 'POST', '/api/generate/img2img', bearer(token), {
      prompt: 'x',
      init_image: 'A'.repeat(5_000_000),
    });
    expect(reply.body).toMatchObject({
      error: {
        message: 'The body of this request may have 4 MiB (setting ATELIER_BODY_LIMIT_MB).',
      },
    });
  });

  it('of a public route is large for a caller who is known only', async () => {
    const body = { prompt: 'x', init_image: 'A'.repeat(100_000) };
    expect((await send(server.app, 'POST', '/api/validate', {}, body)).status).toBe(413);
    expect((await send(server.app, 'POST', '/api/validate', bearer(token), body)).status).not.toBe(
      413,
    );
  });

  it('is refused in the form of the API that was called', async () => {
    const reply = await send(server.app, 'POST', '/sdapi/v1/options', bearer(token), {
      x: 'y'.repeat(300_000),
    });
    expect(reply.status).toBe(413);
    expect(reply.body).toMatchObject({
      error: expect.any(String) as string,
      detail: expect.anything() as unknown,
    });
  });
});

describe('a request without a credential', () => {
  it.each([
    '/api/generate/img2img',
    '/sdapi/v1/img2img',
    '/sdcpp/img2img',
    '/mold/api/generate',
    '/v1/images/generations',
  ])('to %s is refused before its body is there, and the connection is closed', async (path) => {
    const answer = await answerTo(path, JSON_BODY);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  it('that may not call is refused with 403 before its body is there', async () => {
    const answer = await answerTo('/api/models/upload', { ...JSON_BODY, ...bearer(token) });
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('the shape of JSON', () => {
  it.each([
    ['depth', '['.repeat(2_000_000), 'nested deeper'],
    [
      'fields',
      `{${Array.from({ length: 10_001 }, (_, n) => `"${n}":1`).join(',')}}`,
      '10000 fields',
    ],
    ['nothing', '{"prompt": ', 'not valid JSON'],
    ['a large nothing', `{"prompt": "${'x'.repeat(600_000)}`, 'not valid JSON'],
  ])('is bounded: %s', async (_name, payload, message) => {
    const reply = await server.app.inject({
      method: 'POST',
      url: '/api/generate/text2img',
      headers: { ...bearer(token), 'content-type': 'application/json' },
      payload,
    });
    expect(reply.statusCode).toBe(400);
    expect(reply.json<{ error: { message: string } }>().error.message).toContain(message);
  });

  it('of a large body is parsed in a thread of its own, and says the same', async () => {
    const reply = await send(server.app, 'POST', '/api/generate/text2img', bearer(token), {
      prompt: 'x'.repeat(600_000),
    });
    expect(reply.body).toMatchObject({ error: { code: 'VALIDATION_ERROR' } });
  });

  it('tells no more than 50 of its problems', async () => {
    const options = Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`o${n}`, 1]));
    const reply = await send(server.app, 'POST', '/api/validate', bearer(token), {
      prompt: 'x',
      ...options,
    });
    const { errors = [], problems = [] } = reply.body as {
      errors?: unknown[];
      problems?: unknown[];
    };
    expect(errors.length + problems.length).toBeLessThanOrEqual(51);
  });

  it('leaves nothing in flight', () => {
    expect(server.app.get(BodyReader, { strict: false }).bytesInFlight).toBe(0);
  });
});

/** Routes where images come in; those of mold that are refused are told why, whatever they send. */
const LARGE = [
  'PATCH /mold/api/queue/:id',
  'POST /api/assistant/chat',
  'POST /api/assistant/chat/stream',
  'POST /api/estimate',
  'POST /api/generate/controlnet',
  'POST /api/generate/img2img',
  'POST /api/generate/inpainting',
  'POST /api/generate/text2img',
  'POST /api/generate/text2video',
  'POST /api/generate/upscale',
  'POST /api/image/canny',
  'POST /api/validate',
  'POST /mold/api/generate',
  'POST /mold/api/generate/chain',
  'POST /mold/api/generate/chain/stream',
  'POST /mold/api/generate/estimate',
  'POST /mold/api/generate/stream',
  'POST /mold/api/generation-batches',
  'POST /mold/api/queue/pause',
  'POST /mold/api/queue/resume',
  'POST /mold/api/shutdown',
  'POST /mold/api/upscale',
  'POST /mold/api/upscale/stream',
  'POST /sdapi/v1/extra-batch-images',
  'POST /sdapi/v1/extra-single-image',
  'POST /sdapi/v1/img2img',
  'POST /sdapi/v1/interrogate',
  'POST /sdapi/v1/png-info',
  'POST /sdapi/v1/txt2img',
  'POST /sdcpp/assistant/chat',
  'POST /sdcpp/assistant/chat/stream',
  'POST /sdcpp/img2img',
  'POST /sdcpp/txt2img',
  'POST /sdcpp/txt2vid',
  'POST /sdcpp/upscale',
  'POST /v1/images/edits',
  'POST /v1/images/generations',
  'POST /v1/images/variations',
  'PUT /mold/api/config/model/:model/placement',
];
