import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { jobEnd } from '../support/jobs.js';

let server: TestApp;
let token: string;
let picture: string;

async function pictureOf(width: number, height: number): Promise<string> {
  const png = await sharp({ create: { width, height, channels: 3, background: '#c01010' } })
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}

beforeAll(async () => {
  server = await createTestApp({ engine: FakeEngine.instant() });
  token = await tokenOf(server.app);
  picture = await pictureOf(32, 24);
});

afterAll(() => server.close());

/** Asks for edges; the answer is a picture. */
function inject(payload: object) {
  return server.app.inject({
    method: 'POST',
    url: '/api/image/canny',
    headers: bearer(token),
    payload,
  });
}

/** Asks for what is refused; the answer is JSON. */
function edges(body: object, as = token): Promise<Reply> {
  return send(server.app, 'POST', '/api/image/canny', bearer(as), body);
}

describe('POST /api/image/canny', () => {
  it('answers with what the engine makes of the picture, in the same size', async () => {
    const { statusCode, headers, rawPayload } = await inject({ image: picture });
    expect([statusCode, headers['content-type']]).toEqual([200, 'image/png']);
    const { data, info } = await sharp(rawPayload).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 32, height: 24 });
    expect(new Set(data)).toEqual(new Set([0]));
  });

  it('takes an output of an own job, and of nobody else', async () => {
    const asked = await send(server.app, 'POST', '/api/generate/text2img', bearer(token), {
      prompt: 'x',
    });
    const id = asked.body['request_id'] as string;
    await jobEnd(server.app, token, id);
    const image = `job:${id}/image_0.png`;
    expect((await inject({ image })).statusCode).toBe(200);
    await addUser(server.app, 'berta', 'user');
    const refused = await edges({ image }, await tokenOf(server.app, 'berta'));
    expect(errorOf(refused)).toMatchObject({ code: 'VALIDATION_ERROR', status_code: 400 });
  });

  it.each([
    ['no picture', {}],
    ['something else', { image: 'bm90IGEgcGljdHVyZQ==' }],
    ['an option that is not there', { image: '', low: 0.1 }],
  ])('refuses %s', async (_, body) => {
    const refused = await edges(body);
    expect(errorOf(refused)).toMatchObject({ code: 'VALIDATION_ERROR', status_code: 400 });
  });

  it('refuses a picture in which there is no room for edges', async () => {
    const refused = await edges({ image: await pictureOf(3, 9) });
    expect(errorOf(refused).message).toContain('at least 4 pixels');
  });

  it('wants the permission to make pictures', async () => {
    const reply = await send(server.app, 'POST', '/api/image/canny', {}, { image: picture });
    expect(reply.status).toBe(401);
    await addUser(server.app, 'guest', 'guest');
    expect((await edges({ image: picture }, await tokenOf(server.app, 'guest'))).status).toBe(403);
  });
});
