import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../config/index.js';
import { AppError } from '../../common/index.js';
import type { Resolver } from './outside.js';
import { RemotePictures } from './remote-pictures.js';

let server: Server;
let port: number;
let png: Buffer;
let hits: string[] = [];

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://here');
  hits.push(url.pathname);
  const to = url.searchParams.get('to');
  switch (url.pathname) {
    case '/picture':
      response.setHeader('content-type', 'text/plain').end(png);
      return;
    case '/to':
      response
        .writeHead(302, {
          location: to === null ? '' : to.replaceAll(/[^\x20-\x7e]/g, encodeURIComponent),
        })
        .end('moved');
      return;
    case '/loop':
      response.writeHead(301, { location: '/loop' }).end();
      return;
    case '/page':
      response.setHeader('content-type', 'image/png').end('<html>not a picture</html>');
      return;
    case '/svg':
      response
        .setHeader('content-type', 'image/svg+xml')
        .end('<svg xmlns="http://www.w3.org/2000/svg"/>');
      return;
    case '/torn':
      response.end(png.subarray(0, 20));
      return;
    case '/endless':
      response.on('error', () => undefined);
      response.writeHead(200);
      response.write(png);
      void (async () => {
        const block = Buffer.alloc(1024 * 1024);
        while (!response.destroyed) {
          response.write(block);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      return;
    case '/huge':
      response.writeHead(200, { 'content-length': String(1e12) });
      response.write(png);
      return;
    case '/silent':
      return;
    default:
      response.writeHead(404).end();
  }
}

beforeAll(async () => {
  png = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#c00' } })
    .png()
    .toBuffer();
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Names of a network that is made up; what is not in it does not exist. */
const NAMES: Record<string, string[]> = {
  'public.test': ['93.184.216.34'],
  'inside.test': ['127.0.0.1'],
  'cloud.test': ['169.254.169.254'],
  'mixed.test': ['93.184.216.34', '10.0.0.1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'allowed.test': ['127.0.0.1'],
};

const resolver: Resolver = async (name) => {
  const found = NAMES[name];
  if (!found) throw new Error('ENOTFOUND');
  return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
};

function pictures(env: Record<string, string> = {}, resolve = resolver): RemotePictures {
  const config = loadConfig({
    ATELIER_DATA_DIR: '/nowhere',
    ATELIER_DOWNLOAD_ALLOW: 'allowed.test',
    ATELIER_DOWNLOAD_SECONDS: '5',
    ATELIER_DOWNLOAD_MB: '1',
    ...env,
  });
  return new RemotePictures(config, resolve);
}

async function codeOf(url: string, from = pictures()): Promise<string> {
  hits = [];
  const outcome: unknown = await from
    .get(url, new AbortController().signal)
    .catch((error) => error);
  return outcome instanceof AppError ? outcome.code : `no refusal: ${String(outcome)}`;
}

const here = (path: string): string => `http://allowed.test:${port}${path}`;
const via = (target: string): string => here(`/to?to=${encodeURIComponent(target)}`);

describe('a picture from elsewhere', () => {
  it('comes with the type of its own bytes, also over three redirects', async () => {
    const signal = new AbortController().signal;
    const direct = await pictures().get(here('/picture'), signal);
    expect(direct.contentType).toBe('image/png');
    expect(direct.data.equals(png)).toBe(true);
    const redirected = await pictures().get(via(via(via(here('/picture')))), signal);
    expect(redirected.data.equals(png)).toBe(true);
    const relative = await pictures().get(via('/picture'), signal);
    expect(relative.data.equals(png)).toBe(true);
  });

  it('is looked up once for each visit, so that a second answer cannot lead inside', async () => {
    let asked = 0;
    const rebinding: Resolver = async () => {
      asked += 1;
      return [{ address: asked === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
    };
    const env = { ATELIER_DOWNLOAD_ALLOW: '127.0.0.1' };
    const picture = await pictures(env, rebinding).get(
      `http://rebind.test:${port}/picture`,
      new AbortController().signal,
    );
    expect(picture.data.equals(png)).toBe(true);
    expect(asked).toBe(1);
  });

  it.each([
    ['one redirect too many', () => via(via(via(via(here('/picture')))))],
    ['redirects without end', () => here('/loop')],
    ['a redirect to nowhere', () => via('http://')],
    ['a redirect to a file', () => via('file:///etc/passwd')],
    ['a redirect with a password', () => via(`http://user:pass@allowed.test:${port}/picture`)],
    ['an error of the other server', () => here('/missing')],
    ['a name that does not exist', () => 'http://missing.test/'],
    ['a picture that is damaged', () => here('/torn')],
  ])('fails for %s', async (_, url) => {
    expect(await codeOf(url())).toBe('DOWNLOAD_FAILED');
  });

  it.each([
    ['a page that calls itself a picture', '/page'],
    ['a drawing, which may hold a program', '/svg'],
  ])('is not %s', async (_, path) => {
    expect(await codeOf(here(path))).toBe('NOT_A_PICTURE');
  });

  it('is cut off where it is too large, whether it says so or not', async () => {
    expect(await codeOf(here('/huge'))).toBe('DOWNLOAD_TOO_LARGE');
    expect(await codeOf(here('/endless'))).toBe('DOWNLOAD_TOO_LARGE');
  });

  it('is given up after the time it has, and when nobody waits for it', async () => {
    const began = performance.now();
    expect(await codeOf(here('/silent'), pictures({ ATELIER_DOWNLOAD_SECONDS: '1' }))).toBe(
      'DOWNLOAD_FAILED',
    );
    expect(performance.now() - began).toBeLessThan(4000);
    const never: Resolver = () => new Promise(() => undefined);
    const slow = pictures({ ATELIER_DOWNLOAD_SECONDS: '1' }, never);
    expect(await codeOf('http://slow.test/', slow)).toBe('DOWNLOAD_FAILED');
    hits = [];
    const gone = new AbortController();
    const waiting = pictures().get(here('/silent'), gone.signal);
    void vi.waitUntil(() => hits.length > 0).then(() => gone.abort());
    await expect(waiting).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });
});

describe('an address that is not public', () => {
  const FORMS = [
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://017700000001/',
    'http://0/',
    'http://127.0.0.1./',
    'http://１２７.0.0.1/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://10.0.0.1/',
    'http://172.16.5.4/',
    'http://192.168.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.64.0.1/',
    'http://224.0.0.1/',
    'https://127.0.0.1/',
    'http://inside.test/',
    'http://cloud.test/',
    'http://mixed.test/',
    'http://mapped.test/',
    'http://INSIDE.test/',
  ];

  it.each(FORMS)('is refused: %s', async (url) => {
    expect(await codeOf(url)).toBe('ADDRESS_NOT_ALLOWED');
    expect(hits).toEqual([]);
  });

  it.each(FORMS)('is refused behind a redirect: %s', async (url) => {
    expect(await codeOf(via(url))).toBe('ADDRESS_NOT_ALLOWED');
    expect(hits).toEqual(['/to']);
  });

  it('is refused with the port of our own server', async () => {
    expect(await codeOf(`http://127.0.0.1:${port}/picture`)).toBe('ADDRESS_NOT_ALLOWED');
    expect(await codeOf(`http://inside.test:${port}/picture`)).toBe('ADDRESS_NOT_ALLOWED');
    expect(hits).toEqual([]);
  });

  it('is refused as the name that this machine gives itself', async () => {
    const real = new RemotePictures(loadConfig({ ATELIER_DATA_DIR: '/nowhere' }));
    expect(await codeOf('http://localhost/', real)).toBe('ADDRESS_NOT_ALLOWED');
  });
});

describe('a public address', () => {
  it.each([22, 25, 6379, 8080])('is refused on port %i', async (other) => {
    expect(await codeOf(`http://public.test:${other}/`)).toBe('ADDRESS_NOT_ALLOWED');
    expect(await codeOf(`http://8.8.8.8:${other}/`)).toBe('ADDRESS_NOT_ALLOWED');
  });
});

describe('what is no address of a picture', () => {
  it.each([
    'file:///etc/passwd',
    'ftp://example.org/a.png',
    'data:image/png;base64,AAAA',
    'gopher://127.0.0.1/',
    'javascript:alert(1)',
    '//example.org/a.png',
    'picture.png',
    'http://',
    'http://[::1',
    'http://user:pass@example.org/',
    'http://256.256.256.256/',
  ])('is refused: %s', async (url) => {
    expect(await codeOf(url)).toBe('VALIDATION_ERROR');
  });
});
