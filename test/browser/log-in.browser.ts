import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { call, jsonOf } from '../support/client.js';
import { machineUsers, noMachineUsers, pamService } from '../support/machine-user.js';
import { PASSWORD, sharedServer, type TestServer } from '../support/server.js';
import { DESKTOP, PHONE, sharedBrowser, sidewaysScroll, violations, visit } from './browser.js';

const browser = sharedBrowser();

async function stranger(
  { url }: TestServer,
  options: Partial<Parameters<typeof visit>[1]> = {},
): Promise<Page> {
  const page = await visit(browser(), { url, ...options });
  await page.goto('/log-in');
  await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
  return page;
}

async function enter(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor();

describe('a server with passwords and API keys', () => {
  const server = sharedServer();

  it('goes to the view that was asked for, and to no other site', async () => {
    const page = await stranger(server());
    await page.goto('/log-in?to=//elsewhere.example/gallery');
    await enter(page, 'admin', PASSWORD);
    await heading(page, 'Create');
    expect(new URL(page.url()).pathname).toBe('/create');
    await page.goto('/log-in?to=/gallery');
    await heading(page, 'Gallery');
  });

  it('says what was wrong, and counts down where there were too many tries', async () => {
    const page = await stranger(server());
    await enter(page, 'nobody', 'a guess');
    await page.getByText('Unknown username or wrong password').waitFor();
    await Promise.all(
      Array.from({ length: 10 }, () =>
        call(server().url, {
          path: '/api/auth/login',
          body: { username: 'nobody', password: 'a guess' },
        }),
      ),
    );
    await page.getByRole('button', { name: 'Log in' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'Too many wrong passwords' });
    const first = await alert.textContent();
    expect(first).toMatch(/\d+ s/);
    await page.waitForFunction(
      (before) => document.querySelector('[role=alert]')?.textContent !== before,
      first,
    );
    expect(await page.getByRole('button', { name: 'Log in' }).isDisabled()).toBe(true);
    expect(await violations(page)).toEqual([]);
  });

  it('says what is wrong with a key', async () => {
    const page = await stranger(server());
    await page.getByRole('button', { name: 'API key' }).click();
    await page.getByLabel('API key', { exact: true }).fill('atk_nobody_knows_it');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('This API key is malformed or unknown here.').waitFor();
    const made = await server().admin.api({
      path: '/api/auth/keys',
      body: { name: 'blind', scopes: ['job:create'] },
    });
    await page.getByLabel('API key', { exact: true }).fill(jsonOf<{ key: string }>(made).key);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('This key may not see who it belongs to').waitFor();
    expect(await page.evaluate(() => localStorage.getItem('atelier.credential'))).toBeNull();
  });

  it('tells a guest that there is nothing for them', async () => {
    const body = { username: 'guest', password: PASSWORD, role: 'guest' };
    await server().admin.api({ path: '/api/users', body });
    const page = await stranger(server());
    await enter(page, 'guest', PASSWORD);
    await page.getByText('A guest only looks at pictures by their address').waitFor();
    expect(await page.evaluate(() => localStorage.getItem('atelier.credential'))).toBeNull();
  });

  it('offers no welcome and nothing that is off', async () => {
    const page = await stranger(server());
    await page.getByLabel('Username').waitFor();
    const other = page.getByText(/New here|account of this machine|without logging in|socket/);
    expect(await other.count()).toBe(0);
  });

  it.each([
    ['light', DESKTOP],
    ['dark', PHONE],
  ] as const)('pleases axe in %s colours and fits', async (colors, viewport) => {
    const page = await stranger(server(), { colors, viewport });
    await enter(page, 'admin', 'wrong');
    await page.getByRole('alert').waitFor();
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
  });
});

describe('a log in that is half through its time', () => {
  /** Milliseconds after which more than half of the day that a token lasts has passed. */
  const HALF = 13 * 3_600_000;
  const server = sharedServer();

  const tokenOf = (page: Page): Promise<string> =>
    page.evaluate(() => {
      const kept = localStorage.getItem('atelier.credential') ?? '{}';
      return (JSON.parse(kept) as { value: string }).value;
    });

  const good = async (token: string): Promise<number> =>
    (
      await call(server().url, {
        path: '/api/auth/me',
        headers: { authorization: `Bearer ${token}` },
      })
    ).status;

  it('gets a new token, and two tabs do not end it for each other', async () => {
    const page = await stranger(server());
    const exchanges: string[] = [];
    const { promise: bothAreDue, resolve: goOn } = Promise.withResolvers<void>();
    await page.context().route('**/api/auth/refresh', async (route) => {
      exchanges.push(route.request().url());
      await bothAreDue;
      await route.continue();
    });
    await page.context().clock.install({ time: Date.now() });
    await page.goto('/log-in?to=/gallery');
    await enter(page, 'admin', PASSWORD);
    await heading(page, 'Gallery');
    const other = await page.context().newPage();
    await other.goto('/gallery');
    await heading(other, 'Gallery');
    const before = await tokenOf(page);

    await Promise.all([page, other].map((tab) => tab.clock.fastForward(HALF)));
    goOn();
    await page.waitForFunction(
      (old) => !localStorage.getItem('atelier.credential')?.includes(old),
      before,
    );
    for (const tab of [page, other]) {
      await tab.getByRole('link', { name: 'Queue' }).click();
      await heading(tab, 'Queue');
    }
    expect(exchanges).toHaveLength(1);
    expect(await good(before)).toBe(401);
    expect(await good(await tokenOf(page))).toBe(200);
  });
});

describe('a server that lets everybody in', () => {
  const server = sharedServer({ env: { ATELIER_AUTH_METHODS: 'jwt,none' } });

  it('asks nobody for a password, and lets people log in as themselves', async () => {
    const page = await visit(browser(), { url: server().url });
    await page.goto('/gallery');
    await heading(page, 'Gallery');
    await page.getByRole('button', { name: 'anonymous' }).click();
    expect(await page.getByRole('menuitem', { name: 'Log out' }).count()).toBe(0);
    await page.getByRole('menuitem', { name: 'My account' }).click();
    await page.getByText('everybody shares this account').waitFor();
    expect(await page.getByRole('button', { name: 'Change password' }).count()).toBe(0);
    await page.getByRole('button', { name: 'anonymous' }).click();
    await page.getByRole('menuitem', { name: 'Log in' }).click();
    await enter(page, 'admin', PASSWORD);
    await heading(page, 'Create');
    await page.getByRole('button', { name: 'admin' }).click();
    await page.getByRole('menuitem', { name: 'Log out', exact: true }).click();
    await heading(page, 'Log in');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go on without logging in' }).click();
    await page.getByRole('button', { name: 'anonymous' }).waitFor();
  });
});

describe('a server with API keys alone', () => {
  const server = sharedServer({ env: { ATELIER_AUTH_METHODS: 'api-key' }, loggedOut: true });

  it('asks for one, and for no password', async () => {
    const [, key = ''] = /API key +(\S+)/.exec(server().log) ?? [];
    const page = await stranger(server());
    await page.getByLabel('API key', { exact: true }).fill(key);
    expect(await page.getByLabel('Username').count()).toBe(0);
    await page.getByRole('button', { name: 'Log in' }).click();
    await heading(page, 'Create');
    await page.getByRole('link', { name: 'People' }).click();
    await heading(page, 'People');
  });
});

describe('a server for its Unix socket alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const server = sharedServer({
    env: { ATELIER_AUTH_METHODS: 'unix', ATELIER_UNIX_SOCKET: join(folder, 'atelier.sock') },
    loggedOut: true,
  });

  it('says that a browser cannot come in', async () => {
    const page = await stranger(server());
    await page.getByText('A browser cannot speak over one').waitFor();
    expect(await page.getByRole('button', { name: 'Log in' }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
  });
});

describe.skipIf(noMachineUsers())('a server that asks the machine', () => {
  const service = pamService();
  const users = machineUsers();
  const server = sharedServer({
    env: { ATELIER_AUTH_METHODS: 'jwt,pam', ATELIER_PAM_SERVICE: service },
  });

  it('lets an account of the machine in with its password there', async () => {
    const [{ name, password }] = users();
    const page = await stranger(server());
    await page.getByText('A user of this server, or an account of this machine.').waitFor();
    await enter(page, name, 'not the password');
    await page.getByText('Unknown username or wrong password').waitFor();
    await enter(page, name, password);
    await heading(page, 'Create');
    await page.goto('/account');
    await page.getByText('password of the machine').waitFor();
    expect(await page.getByRole('button', { name: 'Change password' }).count()).toBe(0);
  });
});
