import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { tokenOf } from '../support/auth.js';
import { jobEnd, submitted } from '../support/jobs.js';

/** The document's section "File Management", endpoint by endpoint, without a credential throughout. */
let server: TestApp;
let elsewhere: Server;
let picture: Buffer;
let id: string;

beforeAll(async () => {
  picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c00' } })
    .png()
    .toBuffer();
  elsewhere = createServer((_request, response) => response.end(picture));
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  server = await createTestApp({ env: { ATELIER_DOWNLOAD_ALLOW: '127.0.0.1' } });
  const token = await tokenOf(server.app);
  id = await submitted(server.app, token, { prompt: 'red apple', width: 512, height: 512 });
  await jobEnd(server.app, token, id);
});

afterAll(async () => {
  await server.close();
  elsewhere.closeAllConnections();
  await new Promise((resolve) => elsewhere.close(resolve));
});

const get = (url: string) => server.app.inject({ method: 'GET', url });

describe('GET /api/queue/job/{jobId}/output/{filename}', () => {
  it('is the file, with its content type', async () => {
    const reply = await get(`/api/queue/job/${id}/output/image_0.png`);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe('image/png');
    expect(await sharp(reply.rawPayload).metadata()).toMatchObject({
      format: 'png',
      width: 512,
      height: 512,
    });
  });

  it('has the documented error where there is none', async () => {
    const reply = await get(`/api/queue/job/${id}/output/image_1.png`);
    expect(reply.statusCode).toBe(404);
    expect(reply.json()).toEqual({
      error: {
        message: 'There is no such file.',
        code: 'NOT_FOUND',
        status_code: 404,
        request_id: reply.headers['x-request-id'],
        timestamp: expect.any(Number) as number,
      },
    });
  });
});

describe('GET /api/v1/jobs/{jobId}/output/{filename}', () => {
  it('is the same file', async () => {
    const one = await get(`/api/queue/job/${id}/output/image_0.png`);
    const other = await get(`/api/v1/jobs/${id}/output/image_0.png`);
    expect(other.statusCode).toBe(200);
    expect(other.rawPayload.equals(one.rawPayload)).toBe(true);
  });

  it.each([
    ['thumb=true', 200],
    ['thumb=true&size=50', 50],
    ['thumb=true&size=500', 500],
  ])('is a thumbnail with %s', async (query, side) => {
    const reply = await get(`/api/v1/jobs/${id}/output/image_0.png?${query}`);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^image\//);
    const { width, height } = await sharp(reply.rawPayload).metadata();
    expect([width, height]).toEqual([side, side]);
  });

  it.each(['49', '501', 'large'])('has no thumbnail of the size %s', async (size) => {
    const reply = await get(`/api/v1/jobs/${id}/output/image_0.png?thumb=true&size=${size}`);
    expect(reply.statusCode).toBe(400);
    expect(reply.json<{ error: { code: string } }>().error.code).toBe('VALIDATION_ERROR');
  });
});

describe('GET /api/image/download', () => {
  it('is the picture, for a page of any origin', async () => {
    const { port } = elsewhere.address() as AddressInfo;
    const url = encodeURIComponent(`http://127.0.0.1:${port}/a.png`);
    const reply = await get(`/api/image/download?url=${url}`);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers).toMatchObject({
      'content-type': 'image/png',
      'access-control-allow-origin': '*',
    });
    expect(reply.rawPayload.equals(picture)).toBe(true);
  });
});
