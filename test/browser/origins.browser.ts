import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, createTestApp, type TestApp } from '../support/app.js';
import { addUser } from '../support/auth.js';
import { sharedBrowser } from './browser.js';

// Names below one domain are one site: browsers send even strict cookies between them.
const HOSTS = '--host-resolver-rules=MAP *.house.test 127.0.0.1, MAP rebound.test 127.0.0.1';

const browser = sharedBrowser([HOSTS]);

let closed: TestApp;
let open: TestApp;
let sdcppPort: number;
let openPort: number;
let elsewhere: Server;
let evilPort: number;

function portOf(address: string): number {
  return Number(new URL(address).port);
}

beforeAll(async () => {
  closed = await createTestApp({
    env: { ATELIER_LISTENERS: JSON.stringify([{ dialect: 'sdcpp', port: 0, host: '127.0.0.1' }]) },
  });
  await addUser(closed.app, 'mallory', 'user');
  await closed.listen();
  sdcppPort = portOf(closed.listenerOf('sdcpp'));
  open = await createTestApp({
    env: {
      ATELIER_AUTH_METHODS: 'none',
      ATELIER_ANONYMOUS_ROLE: 'admin',
      ATELIER_ALLOWED_HOSTS: 'gallery.house.test',
    },
  });
  openPort = portOf(await open.listen());
  elsewhere = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>elsewhere</title>');
  });
  elsewhere.listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  evilPort = (elsewhere.address() as AddressInfo).port;
});

afterAll(async () => {
  elsewhere.close();
  await closed.close();
  await open.close();
});

/** What has been done on a server: rows of the tables that the attacks would fill. */
async function effects({ app, dataDir }: TestApp): Promise<unknown> {
  const source = app.get(DataSource);
  const count = async (table: string): Promise<number> =>
    (await source.query<[{ n: number }]>(`SELECT count(*) AS "n" FROM "${table}"`))[0].n;
  return {
    jobs: await count('jobs'),
    users: await count('users'),
    keys: await count('api_keys'),
    sessions: await count('sessions'),
    models: await readdir(join(dataDir, 'models', 'loras')).catch(() => []),
  };
}

interface Sent {
  url: string;
  body: Record<string, string>;
}

const MALLORY = { username: 'mallory', password: ADMIN_PASSWORD };
const PROMPT = { prompt: 'x' };

const SDCPP_TARGETS: [path: string, body: Record<string, string>][] = [
  ['/txt2img', PROMPT],
  ['/models/unload', {}],
  ['/auth/login', MALLORY],
  ['/auth/logout', {}],
];

const OPEN_TARGETS: [path: string, body: Record<string, string>][] = [
  ['/api/users', { ...MALLORY, role: 'admin' }],
  ['/api/auth/keys', { name: 'mine' }],
  ['/api/queue/clear', {}],
  ['/api/generate/text2img', PROMPT],
  ['/sdapi/v1/txt2img', PROMPT],
  ['/v1/images/generations', PROMPT],
];

/** One way of each kind in which a page can send something without asking. */
const ATTEMPTS = {
  form: ({ url, body }: Sent) =>
    new Promise<string>((resolve) => {
      const frame = document.createElement('iframe');
      frame.name = `frame-${Math.random()}`;
      const form = document.createElement('form');
      form.method = 'post';
      form.action = url;
      form.target = frame.name;
      for (const [name, value] of Object.entries(body)) {
        const input = document.createElement('input');
        input.name = name;
        input.value = value;
        form.append(input);
      }
      document.body.append(frame, form);
      frame.addEventListener('load', () => resolve('sent'));
      form.submit();
    }),
  text: ({ url, body }: Sent) =>
    fetch(url, {
      method: 'POST',
      mode: 'no-cors',
      credentials: 'include',
      body: JSON.stringify(body),
    }).then(
      () => 'sent',
      () => 'failed',
    ),
  upload: (url: string) => {
    const form = new FormData();
    form.append('model_type', 'lora');
    form.append('file', new File(['not a model'], 'evil.safetensors'));
    return fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body: form }).then(
      () => 'sent',
      () => 'failed',
    );
  },
  json: ({ url, body }: Sent) =>
    fetch(url, {
      method: 'POST',
      credentials: 'include',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then(
      ({ status }) => `answered ${status}`,
      () => 'failed',
    ),
  remove: (url: string) =>
    fetch(url, { method: 'DELETE', credentials: 'include' }).then(
      ({ status }) => `answered ${status}`,
      () => 'failed',
    ),
};

/** Opens a socket and says what it hears first, or how it ends. */
function listenTo([url, first]: (string | undefined)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url ?? '');
    socket.addEventListener('open', () => first && socket.send(first));
    socket.addEventListener('message', ({ data }) => {
      // The handshake of socket.io's transport says nothing of the server.
      if (!String(data).startsWith('0{')) resolve(`heard ${String(data).slice(0, 60)}`);
    });
    socket.addEventListener('close', ({ code }) => resolve(`closed ${code}`));
  });
}

/** Every answer that a server gave to a page, as `POST /path 403`. */
function answersOf(page: Page, port: number): string[] {
  const answers: string[] = [];
  page.on('response', (response) => {
    const { port: answered, pathname } = new URL(response.url());
    const method = response.request().method();
    if (answered === String(port) && method !== 'GET')
      answers.push(`${method} ${pathname} ${response.status()}`);
  });
  return answers;
}

async function signedIn(host: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser().newContext();
  const page = await context.newPage();
  await page.goto(`http://${host}:${sdcppPort}/login?redirect=/health`);
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password').fill(ADMIN_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname === '/health');
  return { context, page };
}

describe.each([
  ['another name of the same domain', 'gallery.house.test', 'evil.house.test'],
  ['another port', 'gallery.house.test', 'gallery.house.test'],
  ['another port where browsers tell the site', 'localhost', 'localhost'],
])('a page at %s', (_, host, evilHost) => {
  it('does nothing with the cookie of a person who has signed in', async () => {
    const { context, page: own } = await signedIn(host);
    const target = `http://${host}:${sdcppPort}`;
    const evil = await context.newPage();
    await evil.goto(`http://${evilHost}:${evilPort}/`);
    const answers = answersOf(evil, sdcppPort);
    const before = await effects(closed);
    const cookies = await context.cookies(target);
    expect(cookies).toMatchObject([{ name: 'sdcpp_auth', sameSite: 'Strict', httpOnly: true }]);
    for (const [path, body] of SDCPP_TARGETS) {
      await evil.evaluate(ATTEMPTS.form, { url: `${target}${path}`, body });
      await evil.evaluate(ATTEMPTS.text, { url: `${target}${path}`, body });
      expect(await evil.evaluate(ATTEMPTS.json, { url: `${target}${path}`, body })).toBe('failed');
    }
    await evil.evaluate(ATTEMPTS.upload, `${target}/models/upload`);
    expect(await evil.evaluate(ATTEMPTS.remove, `${target}/settings/generation/txt2img`)).toBe(
      'failed',
    );
    // Cross-site uploads and forms arrive; none of them is let in.
    expect(answers.length).toBeGreaterThan(8);
    expect(answers.filter((one) => !one.endsWith(' 403') && !one.startsWith('OPTIONS'))).toEqual(
      [],
    );
    expect(await evil.evaluate(listenTo, [`ws://${host}:${sdcppPort}/ws`])).toBe('closed 4401');
    expect(await effects(closed)).toEqual(before);
    expect(await context.cookies(target)).toEqual(cookies);
    // The very same from its own page.
    expect(await own.evaluate(listenTo, [`ws://${host}:${sdcppPort}/ws`])).toMatch(/^heard /);
    expect(await own.evaluate(ATTEMPTS.remove, `${target}/settings/generation`)).not.toContain(
      '403',
    );
    const uploaded = own.waitForResponse(`${target}/models/upload`);
    await own.evaluate(ATTEMPTS.upload, `${target}/models/upload`);
    expect((await uploaded).status()).not.toBe(403);
    const login = { url: `${target}/auth/login`, body: MALLORY };
    expect(await own.evaluate(ATTEMPTS.json, login)).toBe('answered 200');
    await context.close();
  });

  it('does nothing where no credential is needed', async () => {
    const context = await browser().newContext();
    const evil = await context.newPage();
    await evil.goto(`http://${evilHost}:${evilPort}/`);
    const target = `http://${host}:${openPort}`;
    const answers = answersOf(evil, openPort);
    const before = await effects(open);
    for (const [path, body] of OPEN_TARGETS) {
      await evil.evaluate(ATTEMPTS.form, { url: `${target}${path}`, body });
      await evil.evaluate(ATTEMPTS.text, { url: `${target}${path}`, body });
      expect(await evil.evaluate(ATTEMPTS.json, { url: `${target}${path}`, body })).toBe('failed');
    }
    await evil.evaluate(ATTEMPTS.upload, `${target}/api/models/upload`);
    expect(answers.filter((one) => !one.endsWith(' 403') && !one.startsWith('OPTIONS'))).toEqual(
      [],
    );
    const socket = `ws://${host}:${openPort}`;
    const io = `${socket}/socket.io/?EIO=4&transport=websocket`;
    expect(await evil.evaluate(listenTo, [`${socket}/ws`, '{}'])).toBe('closed 4401');
    expect(await evil.evaluate(listenTo, [`${socket}/sdcpp/ws`])).toBe('closed 4401');
    // 44: the connection to the namespace is refused.
    expect(await evil.evaluate(listenTo, [io, '40'])).toMatch(/^heard 44.*another origin/i);
    expect(await effects(open)).toEqual(before);
    const own = await context.newPage();
    await own.goto(`${target}/api/health`);
    const image = { url: `${target}/api/generate/text2img`, body: PROMPT };
    expect(await own.evaluate(ATTEMPTS.json, image)).toBe('answered 202');
    const user = {
      url: `${target}/api/users`,
      body: { ...MALLORY, username: `own-${randomUUID()}` },
    };
    expect(await own.evaluate(ATTEMPTS.json, user)).toBe('answered 201');
    expect(await own.evaluate(listenTo, [io, '40'])).toMatch(/^heard 40/);
    expect(await own.evaluate(listenTo, [`${socket}/ws`])).toMatch(/^heard /);
    await context.close();
  });
});

describe('a host name that was made to lead here', () => {
  it('is no way to a server that asks for no credential', async () => {
    const context = await browser().newContext();
    const page = await context.newPage();
    const base = `http://rebound.test:${openPort}`;
    for (const path of [
      '/',
      '/api/config',
      '/api/queue/history',
      '/socket.io/?EIO=4&transport=polling',
    ]) {
      const response = await page.goto(`${base}${path}`);
      expect(response?.status()).toBe(403);
      expect(await page.content()).toContain('ATELIER_ALLOWED_HOSTS');
    }
    const attempts = [
      page.evaluate(ATTEMPTS.json, { url: `${base}/api/queue/clear`, body: {} }),
      page.evaluate(ATTEMPTS.json, { url: `${base}/api/users`, body: MALLORY }),
    ];
    expect(await Promise.all(attempts)).toEqual(['answered 403', 'answered 403']);
    for (const path of ['/ws', '/sdcpp/ws', '/socket.io/?EIO=4&transport=websocket'])
      expect(await page.evaluate(listenTo, [`${base.replace('http', 'ws')}${path}`])).toBe(
        'closed 1006',
      );
    await context.close();
  });
});
