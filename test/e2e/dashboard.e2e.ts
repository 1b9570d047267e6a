import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { VIEWS } from '../../src/web/views.js';
import { call } from '../support/client.js';
import { sharedServer } from '../support/server.js';

const server = sharedServer();

async function programOf(page: string): Promise<string> {
  const { bytes } = await call(server().url, { path: page });
  const found = /<script type="module"[^>]* src="([^"]+)"/.exec(bytes.toString());
  return found![1]!;
}

describe('the pages of the dashboard', () => {
  it.each(VIEWS)('are one page, also at %s', async (path) => {
    const { status, headers, bytes } = await call(server().url, { path });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(bytes.toString()).toContain('<div id="app"></div>');
  });

  it('let in no script but their own, and the styles of this very answer', async () => {
    const [one, other] = await Promise.all([
      call(server().url, { path: '/' }),
      call(server().url, { path: '/' }),
    ]);
    const policy = String(one.headers['content-security-policy']);
    const nonce = /'nonce-([^']+)'/.exec(policy)![1]!;
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-");
    expect(policy).not.toContain('unsafe');
    expect(one.bytes.toString()).toContain(`content="${nonce}"`);
    expect(one.bytes.toString()).not.toMatch(/<script(?![^>]*src=)/);
    expect(other.headers['content-security-policy']).not.toBe(policy);
  });

  it('have files that are packed, and kept for ever', async () => {
    const path = await programOf('/');
    const plain = await call(server().url, { path });
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
    for (const [encoding, unpack] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const packed = await call(server().url, { path, headers: { 'accept-encoding': encoding } });
      expect(packed.headers['content-encoding']).toBe(encoding);
      expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2);
      expect(unpack(packed.bytes).equals(plain.bytes)).toBe(true);
    }
  });

  it.each([
    '/assets/no-such-file.js',
    '/assets/..%2findex.html',
    '/assets/%2e%2e%2f%2e%2e%2fpackage.json',
  ])('have no file %s', async (path) => {
    expect(await call(server().url, { path })).toMatchObject({ status: 404 });
  });

  it('leave every other address to the API', async () => {
    const { status, bytes } = await call(server().url, { path: '/no-such-page' });
    expect(status).toBe(404);
    expect(JSON.parse(bytes.toString())).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });
});
