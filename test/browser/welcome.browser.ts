import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { call } from '../support/client.js';
import { startServer, type TestServer } from '../support/server.js';
import { DESKTOP, PHONE, sharedBrowser, sidewaysScroll, violations, visit } from './browser.js';

const browser = sharedBrowser();

const OWN = 'one of my own choice';

/** A server that was just set up by somebody who chose no password; gives the one that it showed. */
async function freshServer(): Promise<{ server: TestServer; shown: string }> {
  const server = await startServer({ env: { ATELIER_ADMIN_PASSWORD: '' }, loggedOut: true });
  const [, shown] = /password {2}(\S+)/.exec(server.log) ?? [];
  if (!shown) throw new Error(`No password was shown:\n${server.log}`);
  return { server, shown };
}

async function logIn({ url }: TestServer, password: string): Promise<number> {
  const body = { username: 'admin', password };
  return (await call(url, { path: '/api/auth/login', body })).status;
}

async function setPassword(page: Page, shown: string): Promise<void> {
  await page.getByLabel('Password that was shown', { exact: true }).fill(shown);
  await page.getByLabel('Your new password', { exact: true }).fill(OWN);
  await page.getByRole('button', { name: 'Set password' }).click();
}

describe('the welcome', () => {
  it('sets the password, makes the first picture, shows the way on, and is over', async () => {
    const { server, shown } = await freshServer();
    expect(server.log).toContain('/welcome');
    const page = await visit(browser(), { url: server.url });
    await page.goto('/');
    await page.getByRole('link', { name: 'New here?' }).click();

    await setPassword(page, 'not what was shown');
    await page.getByText('This is not the password that was shown').waitFor();
    await setPassword(page, shown);
    expect(await page.getByLabel('Prompt').inputValue()).toBe('red apple');
    await page.getByRole('button', { name: 'Make the picture' }).click();
    const picture = page.getByRole('img', { name: 'The picture of “red apple”' });
    await picture.waitFor();
    await page.waitForFunction(() => {
      const drawn = document.querySelector<HTMLImageElement>('img[alt^="The picture of"]');
      return drawn?.complete && drawn.naturalWidth > 0;
    });
    expect([await logIn(server, shown), await logIn(server, OWN)]).toEqual([401, 200]);

    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('link', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'Create' }).waitFor();
    await page.goto('/welcome');
    await page.getByRole('heading', { level: 1, name: 'Create' }).waitFor();
    const stranger = await visit(browser(), { url: server.url });
    await stranger.goto('/welcome');
    await stranger.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
    expect(await stranger.getByRole('link', { name: 'New here?' }).count()).toBe(0);
  });

  it.each([
    ['light', DESKTOP],
    ['dark', PHONE],
  ] as const)('pleases axe in %s colours and fits, step by step', async (colors, viewport) => {
    const { server, shown } = await freshServer();
    const page = await visit(browser(), { url: server.url, colors, viewport });
    const check = async (): Promise<void> => {
      expect(await sidewaysScroll(page)).toBe(0);
      expect(await violations(page)).toEqual([]);
    };
    await page.goto('/welcome');
    await page.getByLabel('Your new password', { exact: true }).waitFor();
    await check();
    await setPassword(page, shown);
    await page.getByRole('button', { name: 'Make the picture' }).waitFor();
    await check();
    await page.getByRole('button', { name: 'Skip' }).click();
    await page.getByRole('link', { name: 'People' }).waitFor();
    await check();
  });
});
