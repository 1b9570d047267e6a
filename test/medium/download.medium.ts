import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';

let outside: Server;
let origin: string;
let picture: Buffer;
let hits = 0;

beforeAll(async () => {
  picture = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#c00' } })
    .jpeg()
    .toBuffer();
  outside = createServer((request, response) => {
    hits += 1;
    if (request.url === '/away') response.writeHead(302, { location: 'http://10.0.0.1/' }).end();
    else response.setHeader('content-type', 'text/html').end(picture);
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
});

afterAll(async () => {
  outside.closeAllConnections();
  await new Promise((resolve) => outside.close(resolve));
});

async function withServer(
  env: Record<string, string>,
  use: (server: TestApp) => Promise<void>,
): Promise<void> {
  const server = await createTestApp({ env });
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

function download({ app }: TestApp, url: string) {
  return app.inject({ method: 'GET', url: `/api/image/download?url=${encodeURIComponent(url)}` });
}

async function codeOf(server: TestApp, url: string): Promise<[number, string]> {
  const reply = await download(server, url);
  return [reply.statusCode, reply.json<{ error: { code: string } }>().error.code];
}

describe('a download for a page', () => {
  it('brings the picture as what it is, to any page', async () => {
    await withServer({ ATELIER_DOWNLOAD_ALLOW: '127.0.0.0/8' }, async (server) => {
      const reply = await download(server, `${origin}/a.png`);
      expect(reply.statusCode).toBe(200);
      expect(reply.rawPayload.equals(picture)).toBe(true);
      expect(reply.headers).toMatchObject({
        'content-type': 'image/jpeg',
        'content-length': String(picture.length),
        'access-control-allow-origin': '*',
        'x-content-type-options': 'nosniff',
      });
      expect(await codeOf(server, `${origin}/away`)).toEqual([403, 'ADDRESS_NOT_ALLOWED']);
    });
  });

  it('does not lead into the network of the server', async () => {
    await withServer({ ATELIER_DOWNLOADS_PER_MINUTE: '100' }, async (server) => {
      const own = await server.listen();
      hits = 0;
      for (const url of [
        `${origin}/a.png`,
        `${own}/api/health`,
        origin.replace('127.0.0.1', 'localhost'),
        origin.replace('127.0.0.1', '2130706433'),
        origin.replace('127.0.0.1', '0x7f.1'),
        origin.replace('127.0.0.1', '[::ffff:127.0.0.1]'),
        'http://169.254.169.254/latest/meta-data/',
        'http://[fd00:ec2::254]/',
      ]) {
        expect([url, ...(await codeOf(server, url))]).toEqual([url, 403, 'ADDRESS_NOT_ALLOWED']);
      }
      expect(hits).toBe(0);
    });
  });

  it('must be of an address, and of nothing else', async () => {
    await withServer({}, async (server) => {
      for (const query of ['', '?url=', '?url=a&url=b', '?url=ftp://example.org', '?uri=x']) {
        const reply = await server.app.inject({ url: `/api/image/download${query}` });
        expect([query, reply.statusCode]).toEqual([query, 400]);
        expect(reply.json<{ error: { code: string } }>().error.code).toBe('VALIDATION_ERROR');
      }
    });
  });

  it('is had so many times a minute', async () => {
    await withServer({ ATELIER_DOWNLOADS_PER_MINUTE: '2' }, async (server) => {
      const codes = [];
      for (let count = 0; count < 3; count += 1)
        codes.push(await codeOf(server, 'http://10.0.0.1/'));
      expect(codes).toEqual([
        [403, 'ADDRESS_NOT_ALLOWED'],
        [403, 'ADDRESS_NOT_ALLOWED'],
        [429, 'RATE_LIMITED'],
      ]);
      const reply = await download(server, 'http://10.0.0.1/');
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    });
  });
});
