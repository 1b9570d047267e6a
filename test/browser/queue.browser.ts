import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PHONE, sharedBrowser, violations, visit } from './browser.js';
import { APPLE, ENDLESS_APPLE, type TestClient } from '../support/client.js';
import { copyModel } from '../support/damage.js';
import { addUserRow } from '../support/database.js';
import { temporaryFolder } from '../support/folder.js';
import { sharedServer } from '../support/server.js';

const folder = await temporaryFolder();
afterAll(folder.remove);
await truncate(join(await copyModel(folder.path, 'cut-weights'), 'tiny-emoji.dit.gguf'), 4_000_000);

const server = sharedServer({ env: { ATELIER_MODELS_DIR: folder.path } });
const browser = sharedBrowser();

let anna: TestClient;
let bert: TestClient;
beforeAll(async () => {
  for (const name of ['anna', 'bert']) addUserRow(server().dataDir, name, 'user');
  [anna, bert] = [await server().login('anna'), await server().login('bert')];
});

/** Nothing is left to do for the next test. */
afterEach(async () => {
  const { admin } = server();
  await admin.api({ path: '/api/queue/clear', body: { all: true } });
  const { bytes } = await admin.api({ path: '/api/queue/status' });
  const { queue } = JSON.parse(bytes.toString()) as { queue: { jobs: JobOfStatus[] } };
  for (const { id, status } of queue.jobs) if (status === 'processing') await admin.cancel(id);
});

interface JobOfStatus {
  id: string;
  status: string;
}

async function queueOf(as: TestClient, query = ''): Promise<Page> {
  const page = await visit(browser(), { url: server().url, as });
  await page.goto(`/queue${query}`);
  await page.getByRole('heading', { name: 'History', exact: true }).waitFor();
  return page;
}

function rows(page: Page, list: string): Locator {
  return page.getByRole('list', { name: list, exact: true }).getByRole('listitem');
}

function row(page: Page, list: string, text: string): Locator {
  return rows(page, list).filter({ hasText: text });
}

const RUNNING = 'Engine: running';
const WAITING = 'Engine: waiting';

describe('the queue', () => {
  it('shows jobs as they come, move on and end, by itself', async () => {
    const { admin } = server();
    const page = await queueOf(admin);
    await page.getByRole('heading', { name: 'Nothing to do' }).waitFor();
    await admin.submit({ ...ENDLESS_APPLE, prompt: 'red apple' });
    await admin.submit({ ...APPLE, prompt: 'green pear' });

    const running = row(page, RUNNING, 'red apple');
    await running.getByText(/step [1-9]\d* of 150/).waitFor();
    await running.getByText(/about .+ left/).waitFor();
    await row(page, WAITING, 'green pear')
      .getByText('Next, as soon as “red apple” is done.')
      .waitFor();

    await running.getByRole('button', { name: 'Cancel' }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: 'Cancel', exact: true })
      .click();
    expect(await running.count()).toBe(1);
    await running.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await row(page, 'History', 'red apple').getByText('Cancelled').waitFor();
    await row(page, 'History', 'green pear').getByText('Done').waitFor();
    await row(page, 'History', 'green pear').getByRole('img', { name: 'green pear' }).waitFor();
    await page.getByRole('heading', { name: 'Nothing to do' }).waitFor();
  });

  it('cancels what waits and tries it again, by the keyboard alone', async () => {
    const { admin } = server();
    await admin.submit(ENDLESS_APPLE);
    const id = await admin.submit({ ...APPLE, prompt: 'wooden boat' });
    const page = await queueOf(admin);
    const cancel = page.getByRole('button', { name: 'Cancel wooden boat' });
    await cancel.focus();
    await page.keyboard.press('Enter');
    await row(page, 'History', 'wooden boat').getByText('Cancelled').waitFor();
    expect((await admin.job(id)).status).toBe('cancelled');
    await page.getByRole('button', { name: 'Try again: wooden boat' }).focus();
    await page.keyboard.press('Enter');
    await row(page, WAITING, 'wooden boat').waitFor();
  });

  it('shows each user their own jobs and no more than the number of others; administrators see all', async () => {
    await anna.submit({ ...ENDLESS_APPLE, prompt: 'secret of anna' });
    await bert.submit({ ...APPLE, prompt: 'wish of bert' });
    const [hers, his, all] = [
      await queueOf(anna),
      await queueOf(bert),
      await queueOf(server().admin),
    ];
    await row(hers, RUNNING, 'secret of anna').waitFor();
    await row(his, WAITING, 'wish of bert')
      .getByText('Next, as soon as the engine is free.')
      .waitFor();
    await his.getByText('Of other users, 1 job running').waitFor();
    expect(await his.getByText('secret of anna').count()).toBe(0);
    expect(await hers.getByText('wish of bert').count()).toBe(0);
    expect(await his.getByRole('button', { name: 'Everybody' }).count()).toBe(0);

    await row(all, RUNNING, 'secret of anna').getByText('of anna', { exact: true }).waitFor();
    await row(all, WAITING, 'wish of bert').getByText('of bert', { exact: true }).waitFor();
    await all.getByRole('button', { name: 'Mine' }).click();
    await all.getByRole('heading', { name: 'Nothing to do' }).waitFor();
    expect(new URL(all.url()).searchParams.get('whose')).toBe('mine');
    await all.getByRole('button', { name: 'Everybody' }).click();
    await all.getByRole('button', { name: 'Clear waiting' }).click();
    await all.getByText('1 waiting job will be cancelled.').waitFor();
    await all.getByRole('button', { name: 'Clear the queue' }).click();
    await row(his, 'History', 'wish of bert').getByText('Cancelled').waitFor();
    await row(hers, RUNNING, 'secret of anna').waitFor();
  });
});

describe('the history', () => {
  it('says why a job failed and what to do, and is narrowed by the filters of its address', async () => {
    const { admin } = server();
    const fail = { ...APPLE, prompt: 'broken vase', model_name: 'cut-weights' };
    const id = await admin.submit(fail);
    await admin.waitForJob(id);
    await admin.waitForJob(await admin.submit({ ...APPLE, prompt: 'whole vase' }));
    const page = await queueOf(admin);
    await row(page, 'History', 'whole vase').waitFor();
    const failed = row(page, 'History', 'broken vase');
    await failed.getByText('The model "cut-weights" could not be loaded').waitFor();
    await failed.getByText('Choose another model').waitFor();

    await page.getByLabel('State', { exact: true }).click();
    await page.getByRole('option', { name: 'Failed' }).click();
    await row(page, 'History', 'whole vase').waitFor({ state: 'detached' });
    await page.getByLabel('Search').fill('vas');
    await page.waitForURL(/search=vas/);
    await page.reload();
    await failed.waitFor();
    expect(await rows(page, 'History').count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('status')).toBe('failed');

    await page.getByLabel('Search').fill('nothing of the kind');
    await page.getByRole('heading', { name: 'No job is like that' }).waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await row(page, 'History', 'whole vase').waitFor();
    await page.getByLabel('To', { exact: true }).fill('2020-01-01');
    await page.getByRole('heading', { name: 'No job is like that' }).waitFor();
  });

  it('has pages, and an order', async () => {
    const { admin } = server();
    await admin.submit(ENDLESS_APPLE);
    const prompts = Array.from({ length: 22 }, (_, index) => `paged number${index}`);
    for (const prompt of prompts) await admin.submit({ ...APPLE, prompt });
    await admin.api({ path: '/api/queue/clear', body: {} });
    const page = await queueOf(admin, '?search=paged');
    await row(page, 'History', 'number21').waitFor();
    expect(await rows(page, 'History').count()).toBe(20);
    await page.getByRole('button', { name: 'Next page' }).click();
    await row(page, 'History', 'number0').waitFor();
    expect(await rows(page, 'History').count()).toBe(2);
    await page.getByLabel('Order').click();
    await page.getByRole('option', { name: 'Oldest first' }).click();
    await row(page, 'History', 'number19').waitFor();
    expect(await rows(page, 'History').first().textContent()).toContain('number0');
  });

  it('opens a job with all that is known of it, by its address too', async () => {
    const { admin } = server();
    const id = await admin.submit({ ...APPLE, prompt: 'bright lantern', seed: 4711 });
    await admin.waitForJob(id);
    const page = await queueOf(admin);
    await row(page, 'History', 'bright lantern').getByRole('button').first().click();
    const dialog = page.getByRole('dialog', { name: 'bright lantern' });
    await dialog.getByText('4711').waitFor();
    expect(new URL(page.url()).searchParams.get('job')).toBe(id);
    await page.reload();
    await dialog.getByText(id).waitFor();
    const output = dialog.getByRole('list', { name: 'Outputs' }).getByRole('link');
    expect(await output.getAttribute('href')).toBe(`/gallery?picture=${id}/image_0.png`);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('');
  });
});

describe('for everybody', () => {
  it.each(['light', 'dark'] as const)('pleases axe in %s colours', async (colors) => {
    const { url, admin } = server();
    await admin.submit(ENDLESS_APPLE);
    await admin.submit(APPLE);
    const page = await visit(browser(), { url, as: admin, colors });
    await page.goto('/queue');
    await rows(page, WAITING).first().waitFor();
    expect(await violations(page)).toEqual([]);
    await rows(page, RUNNING).getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('fits a phone', async () => {
    const { url, admin } = server();
    await admin.submit({ ...ENDLESS_APPLE, prompt: 'a very long prompt '.repeat(12) });
    await admin.submit(APPLE);
    const page = await visit(browser(), { url, as: admin, viewport: PHONE });
    await page.goto('/queue');
    await rows(page, WAITING).first().waitFor();
    expect(
      await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      ),
    ).toBe(0);
  });

  it('says what to do when the server cannot be reached', async () => {
    const page = await visit(browser(), { url: server().url, as: server().admin });
    await page.route('**/api/queue/status', (route) => route.abort());
    await page.goto('/queue');
    const alert = page.getByRole('alert');
    expect(await alert.textContent()).toContain('The server cannot be reached.');
    await page.unroute('**/api/queue/status');
    await page.getByRole('button', { name: 'Try again', exact: true }).click();
    await page.getByRole('heading', { name: 'Nothing to do' }).waitFor();
  });
});
