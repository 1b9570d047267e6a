import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { PHONE, sharedBrowser, violations, visit, type Visit } from './browser.js';
import { APPLE } from '../support/client.js';
import { addUserRow } from '../support/database.js';
import { sharedServer } from '../support/server.js';

const METRICS_TOKEN = 'a token for the metrics of tests';

const server = sharedServer({
  env: { ATELIER_METRICS_TOKEN: METRICS_TOKEN, ATELIER_DRAIN_SECONDS: '0' },
});
const browser = sharedBrowser();

beforeAll(async () => {
  addUserRow(server().dataDir, 'anna', 'user');
  await server().admin.draw(APPLE);
});

async function tab(name: string, look: Partial<Visit> = {}): Promise<Page> {
  const page = await visit(browser(), { url: server().url, as: server().admin, ...look });
  await page.goto(`/system?tab=${name}`);
  await page.getByRole('tabpanel').locator('.card, .list, .log, table').first().waitFor();
  return page;
}

/** Pixels that one would have to scroll sideways. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

describe('the overview', () => {
  it('tells of the server, its engine, its room and the models in memory', async () => {
    const page = await tab('overview');
    const engine = page.getByRole('region', { name: 'Engine' });
    await engine.getByText('ready').waitFor();
    await engine.getByText('stable-diffusion.cpp').waitFor();
    await page.getByRole('region', { name: 'Models in memory' }).getByText('tiny-emoji').waitFor();
    const memory = page.getByRole('meter', { name: 'Memory', exact: true });
    expect(Number(await memory.getAttribute('aria-valuenow'))).toBeGreaterThan(0);
    expect(await memory.getAttribute('aria-valuetext')).toMatch(/^[\d.]+ GiB of [\d.]+ GiB used$/);
  });

  it('restarts the server, after a question, and says when it is back', async () => {
    const before = server().log.length;
    const page = await tab('overview');
    await page.getByRole('button', { name: 'Restart' }).click();
    const question = page.getByRole('alertdialog', { name: 'Restart the server?' });
    await question.getByRole('button', { name: 'Restart' }).click();
    await page.getByText('The server is restarting …').waitFor();
    await page.getByText('The server is back.').first().waitFor({ timeout: 60_000 });
    expect(server().log.slice(before)).toContain('Listening on');
    await page.getByText(/up for \d+(\.\d+)? s$/).waitFor();
  });
});

describe('the rates', () => {
  it('are drawn, and a table for who cannot see them; live', async () => {
    const page = await tab('rates');
    const ended = page.getByRole('region', { name: 'Ended per minute' });
    await ended
      .getByRole('img', { name: /done [1-9]/ })
      .locator('canvas')
      .waitFor();
    const done = Number(/done (\d+)/.exec((await ended.textContent()) ?? '')?.[1]);
    await server().admin.draw(APPLE);
    await ended.getByText(new RegExp(`^done ${done + 1};`)).waitFor();
    await ended.getByText('As a table').click();
    expect(await ended.getByRole('row').count()).toBeGreaterThan(1);
    const kinds = page.getByRole('region', { name: 'Time per kind' });
    await kinds.getByRole('row', { name: /^Picture / }).waitFor();
    await page.getByRole('button', { name: 'Last day' }).click();
    await page.getByRole('heading', { name: 'Ended per quarter of an hour' }).waitFor();
  });
});

describe('the settings', () => {
  it('say value, source and purpose, and hide secrets', async () => {
    const page = await tab('settings');
    const drain = page.getByRole('listitem').filter({ hasText: 'server.drain_seconds' });
    await drain.getByText('ATELIER_DRAIN_SECONDS').waitFor();
    await drain.getByText('When told to stop').waitFor();
    await page.getByLabel('Search').fill('metrics token');
    const token = page.getByRole('listitem').filter({ hasText: 'auth.metrics_token' });
    await token.getByText('********').waitFor();
    expect(await page.content()).not.toContain(METRICS_TOKEN);
    await page.getByLabel('Search').fill('no such setting');
    await page.getByRole('heading', { name: 'No setting is like that' }).waitFor();
  });
});

describe('the audit log', () => {
  it('shows who logged in, and is narrowed by what and who', async () => {
    await server().login('anna');
    const page = await tab('audit');
    const annas = page.getByRole('row').filter({ hasText: 'anna' }).first();
    await annas.getByText('Login succeeded').waitFor();
    await page.getByLabel('Who', { exact: true }).fill('admin');
    await annas.waitFor({ state: 'detached' });
    await page.getByLabel('What', { exact: true }).click();
    await page.getByRole('option', { name: 'API keys' }).click();
    await page.getByRole('heading', { name: 'No entry is like that' }).waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await annas.waitFor();
    expect(await page.getByRole('navigation', { name: 'Pages of entries' }).textContent()).toMatch(
      /^\s*\d+ entries/,
    );
  });
});

describe('the log', () => {
  it('shows a new line as it comes, is narrowed, and stands still when paused', async () => {
    const page = await tab('logs');
    const log = page.getByRole('log');
    const ask = (path: string): Promise<unknown> => server().admin.api({ path });
    await ask('/api/facts-of-no-kind');
    await log
      .getByText(/route=none .*status=404/)
      .first()
      .waitFor();
    await page.getByLabel('Search').fill('api version');
    await log.getByText('route=none').first().waitFor({ state: 'detached' });
    await ask('/api/version');
    const found = log.getByText('route=/api/version');
    await found.first().waitFor();

    await page.getByRole('button', { name: 'Pause' }).click();
    const before = await found.count();
    await ask('/api/version');
    const asked = page.waitForRequest(/api\/system\/logs/, { timeout: 5000 }).catch(() => 'none');
    expect(await asked).toBe('none');
    expect(await found.count()).toBe(before);
    await page.getByRole('button', { name: 'Go on' }).click();
    await found.nth(before).waitFor();
  });
});

describe('for everybody', () => {
  it('is nothing for who does not manage the system', async () => {
    const anna = await server().login('anna');
    const page = await visit(browser(), { url: server().url, as: anna });
    await page.goto('/system');
    await page.getByRole('heading', { name: 'This is not for you' }).waitFor();
    expect(await page.getByRole('link', { name: 'System' }).count()).toBe(0);
  });

  const TABS = ['overview', 'rates', 'settings', 'audit', 'logs'];

  it.each(TABS)('pleases axe in light and dark, and fits a phone: %s', async (name) => {
    for (const colors of ['light', 'dark'] as const)
      expect(await violations(await tab(name, { colors }))).toEqual([]);
    const phone = await tab(name, { viewport: PHONE });
    expect(await overflow(phone)).toBe(0);
    expect(await violations(phone)).toEqual([]);
  });
});
