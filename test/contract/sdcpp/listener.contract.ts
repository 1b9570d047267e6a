import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { tokenOf } from '../../support/auth.js';
import { temporaryFolder } from '../../support/folder.js';

let server: TestApp;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let listener: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  const dir = join(folder.path, 'ui');
  await mkdir(dir);
  await writeFile(join(dir, 'index.html'), '<!doctype html><title>a page</title>');
  await writeFile(join(dir, 'app.js'), 'export {};');
  await writeFile(join(dir, '.hidden'), 'nobody reads this');
  await writeFile(join(folder.path, 'secret.txt'), 'nobody reads this');
  await symlink('/etc/hostname', join(dir, 'link.txt'));
  await symlink('/etc', join(dir, 'linked'));
  await mkdir(join(dir, 'inner'));
  await symlink('/etc/hostname', join(dir, 'inner', 'index.html'));
  await symlink('app.js', join(dir, 'alias.js'));
  const files = [
    { path: '/ui', dir, fallback: 'index.html' },
    { path: '/files', dir },
  ];
  const listeners = [{ dialect: 'sdcpp', port: 0, host: '127.0.0.1', static: files }];
  server = await createTestApp({ env: { ATELIER_LISTENERS: JSON.stringify(listeners) } });
  await server.listen();
  listener = server.listenerOf('sdcpp');
});

afterAll(async () => {
  await server.close();
  await folder.remove();
});

/** A request whose path goes out as it is written, which fetch would tidy up. */
function raw(path: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(listener);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

describe('a listener for a dialect', () => {
  it('has the dialect at its root', async () => {
    const answer = await fetch(`${listener}/openapi.json`);
    expect(answer.status).toBe(200);
    const document = (await answer.json()) as { paths: object };
    expect(Object.keys(document.paths)).toContain('/sdcpp/openapi.json');
  });

  it('has nothing of the core', async () => {
    const answer = await fetch(`${listener}/api/health`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: expect.any(String), code: 'NOT_FOUND' });
  });

  it.each([
    '/../api/health',
    '/%2e%2e/api/health',
    '//api/health',
    'http://x/api/health',
    '/sdcpp/docs',
  ])('has nothing at %s', async (path) => {
    expect(await raw(path)).toBe(404);
  });

  it('refuses in the form of its dialect what the router cannot read', async () => {
    const answer = await fetch(`${listener}/%zz`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: expect.any(String) });
  });

  it('names the dialects where there is none of that name', async () => {
    const wrong = await createTestApp({ env: { ATELIER_LISTENERS: 'klingon:0' } });
    await expect(wrong.listen()).rejects.toThrow(/"klingon"; there are .*sdcpp/);
    await wrong.close();
  });
});

describe('the static files of a listener', () => {
  it('are sent with their types', async () => {
    const answer = await fetch(`${listener}/ui/app.js`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).toBe('export {};');
  });

  it('are pages for who has signed in, and else lead there', async () => {
    const headers = { accept: 'text/html' };
    const stranger = await fetch(`${listener}/ui/`, { headers, redirect: 'manual' });
    expect(stranger.status).toBe(302);
    expect(stranger.headers.get('location')).toBe('/login?redirect=%2Fui%2F');
    const token = await tokenOf(server.app);
    const cookie = { ...headers, cookie: `sdcpp_auth=${token}` };
    for (const path of ['/ui', '/ui/', '/ui/some/view']) {
      const answer = await fetch(`${listener}${path}`, { headers: cookie });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('a page');
    }
  });

  it.each([
    '/ui/../secret.txt',
    '/ui/%2e%2e/secret.txt',
    '/ui/..%2fsecret.txt',
    '/ui/%252e%252e/secret.txt',
    '/ui//etc/hostname',
    '/ui/%00',
    '/ui/.hidden',
    '/files/nothing.js',
    '/files/link.txt',
    '/files/linked/hostname',
    '/files/inner/',
  ])('are not to be left by %s', async (path) => {
    expect([400, 403, 404]).toContain(await raw(path));
  });

  it('may be links to files of the same folder', async () => {
    expect(await (await fetch(`${listener}/files/alias.js`)).text()).toBe('export {};');
  });

  it('take no other method', async () => {
    const answer = await fetch(`${listener}/ui/app.js`, { method: 'POST' });
    expect(answer.status).toBe(405);
  });

  it('stop the start when their folder is not there', async () => {
    const listeners = [
      { dialect: 'sdcpp', port: 0, static: [{ path: '/ui', dir: join(folder.path, 'nowhere') }] },
    ];
    const wrong = await createTestApp({ env: { ATELIER_LISTENERS: JSON.stringify(listeners) } });
    await expect(wrong.listen()).rejects.toThrow(/nowhere, which is not there/);
    await wrong.close();
  });
});
