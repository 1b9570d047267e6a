import { describe, expect, it } from 'vitest';
import { PHONE, sharedBrowser, sidewaysScroll, violations, visit } from './browser.js';
import { PASSWORD, sharedServer } from '../support/server.js';

const server = sharedServer();
const browser = sharedBrowser();

describe('logging in', () => {
  it('sends whoever is not logged in to the log in, and to the view that was asked for afterwards', async () => {
    const page = await visit(browser(), { url: server().url });
    await page.goto('/queue');
    await page.getByLabel('Username').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Log in' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('password');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/queue');
  });

  it('keeps the log in over a reload, and ends it for all tabs', async () => {
    const { url } = server();
    const page = await visit(browser(), { url, as: await server().login('admin') });
    await page.goto('/queue');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
    const other = await page.context().newPage();
    await other.goto('/gallery');
    await other.getByRole('heading', { level: 1, name: 'Gallery' }).waitFor();
    await page.getByRole('button', { name: /^admin/ }).click();
    await page.getByRole('menuitem', { name: 'Log out', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
    await other.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
    expect(await other.evaluate(() => localStorage.getItem('atelier.credential'))).toBeNull();
  });

  it('takes an API key', async () => {
    const made = await server().admin.api({
      path: '/api/auth/keys',
      body: { name: 'for the dashboard' },
    });
    const { key } = JSON.parse(made.bytes.toString()) as { key: string };
    const page = await visit(browser(), { url: server().url });
    await page.goto('/');
    await page.getByRole('button', { name: 'API key' }).click();
    await page.getByLabel('API key', { exact: true }).fill(key);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Create' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/create');
  });
});

describe('the frame', () => {
  it.each(['light', 'dark'] as const)('pleases axe in %s colours', async (colors) => {
    const page = await visit(browser(), { url: server().url, colors });
    await page.goto('/log-in');
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('fits a phone', async () => {
    const { url, admin } = server();
    const page = await visit(browser(), { url, as: admin, viewport: PHONE });
    await page.goto('/queue');
    await page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
  });
});
