import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { fillWithPictures, promptOf } from '../../bench/lib/many-pictures.mjs';
import { APPLE, type TestClient } from '../support/client.js';
import { addUserRow } from '../support/database.js';
import { sharedServer } from '../support/server.js';
import { PHONE, sharedBrowser, violations, visit, type Visit } from './browser.js';
import { namesOf, openGallery, tilesOf } from './gallery.js';

const server = sharedServer();
const browser = sharedBrowser();

const MANY = 1500;
/** More than a window ever shows of them. */
const TILES = 120;

let anna: TestClient;
let bert: TestClient;
let collector: TestClient;

beforeAll(async () => {
  const { dataDir } = server();
  for (const name of ['anna', 'bert', 'collector']) addUserRow(dataDir, name, 'user');
  await fillWithPictures(dataDir, MANY, 'collector');
  anna = await server().login('anna');
  bert = await server().login('bert');
  collector = await server().login('collector');
});

function gallery(as: TestClient, options: Partial<Visit> = {}): Promise<Page> {
  return openGallery(browser(), { url: server().url, as, ...options });
}

describe('the gallery', () => {
  it('says what to do while there is nothing in it', async () => {
    const page = await gallery(bert);
    await page.getByRole('heading', { name: 'No pictures yet' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Make the first one' }).click();
    await page.waitForURL('**/create');
  });

  it('shows a picture as soon as it is finished, with its recipe, to its owner alone', async () => {
    const page = await gallery(anna);
    const other = await gallery(bert);
    const id = await anna.submit({ ...APPLE, negative_prompt: 'worms' });
    await page.getByRole('button', { name: 'red apple', exact: true }).click();
    const viewer = page.getByRole('dialog', { name: 'red apple' });
    await viewer.getByText('Steps', { exact: true }).waitFor();
    expect(await viewer.getByRole('definition').allTextContents()).toEqual(
      expect.arrayContaining(['128 × 128', '42', 'tiny-emoji', '4']),
    );
    await viewer.getByText('worms').waitFor();
    await viewer.getByText('Hashes (SHA-256)').click();
    await viewer
      .getByText(/^[0-9a-f]{64}$/)
      .first()
      .waitFor();
    await page.waitForFunction(() => {
      const picture = document.querySelector<HTMLImageElement>('[role=dialog] img');
      return picture?.complete && picture.naturalWidth === 128;
    });
    expect(await violations(page)).toEqual([]);
    await viewer.getByRole('link', { name: 'Reuse recipe' }).click();
    await page.waitForURL(`**/create?recipe=${id}`);
    await bert.submit({ ...APPLE, prompt: 'pear of bert' });
    await other.getByRole('button', { name: 'pear of bert', exact: true }).waitFor();
    expect(await namesOf(other)).toEqual(['pear of bert']);
  });

  it('says what went wrong, and asks again', async () => {
    const page = await visit(browser(), { url: server().url, as: anna });
    await page.route('**/api/queue/outputs?*', (route) => route.abort());
    await page.goto('/gallery');
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
    await page.unroute('**/api/queue/outputs?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'red apple', exact: true }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});

describe('many pictures', () => {
  it('are there to the last one, with a bounded number of them in the page', async () => {
    const page = await gallery(collector);
    await page.getByText('1,500 pictures').waitFor();
    const asked = new Set<string>();
    page.on('request', (request) => {
      if (request.url().includes('thumb=true')) asked.add(request.url());
    });
    const most = await page.evaluate(async () => {
      let count = 0;
      const frame = (): Promise<unknown> =>
        new Promise((resolve) => requestAnimationFrame(resolve));
      while (window.scrollY + window.innerHeight < document.documentElement.scrollHeight - 1) {
        window.scrollBy(0, 600);
        await frame();
        count = Math.max(count, document.querySelectorAll('main li').length);
      }
      return count;
    });
    await page.getByRole('button', { name: promptOf(0), exact: true }).waitFor();
    expect(most).toBeLessThan(TILES);
    expect(await tilesOf(page).count()).toBeLessThan(TILES);
    expect((await namesOf(page)).at(-1)).toBe(promptOf(0));
    expect(asked.size).toBeLessThan(MANY / 3);
  });

  it('are searched, filtered and ordered, as the address says', async () => {
    const page = await gallery(collector);
    await page.getByRole('searchbox', { name: 'Search prompts' }).fill('number 123');
    await page.getByText('11 pictures').waitFor();
    expect(new URL(page.url()).search).toBe('?search=number+123');
    await page.getByRole('button', { name: 'Oldest' }).click();
    await tilesOf(page)
      .first()
      .getByRole('button', { name: promptOf(123), exact: true })
      .waitFor();
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByRole('combobox', { name: 'Model' }).click();
    await page.getByRole('option', { name: 'model 0' }).click();
    await page.getByText('5 pictures').waitFor();
    await page.getByRole('combobox', { name: 'Size' }).click();
    await page.getByRole('option', { name: '512 × 512' }).click();
    await page.getByText('1 picture', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.reload();
    await page.getByText('1 picture', { exact: true }).waitFor();
    expect(await namesOf(page)).toEqual([promptOf(1236)]);
    await page.getByLabel('To', { exact: true }).fill('2020-01-01');
    await page.getByRole('heading', { name: 'Nothing like this' }).waitFor();
    await page.getByRole('button', { name: 'Show all pictures' }).click();
    await page.getByText('1,500 pictures').waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  it('are reached by the keyboard, in the list and in the large view', async () => {
    const page = await gallery(collector);
    const newest = promptOf(MANY - 1);
    await page.getByRole('button', { name: newest, exact: true }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: promptOf(MANY - 2) }).waitFor();
    await page.getByText('2 of 1,500').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: promptOf(MANY - 3) }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('dialog', { name: newest }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator(`[aria-label="${newest}"]:focus`).waitFor();
    await page.keyboard.press('End');
    await page.locator(`[aria-label="${promptOf(0)}"]:focus`).waitFor();
    expect(await page.evaluate(() => window.scrollY)).toBeGreaterThan(10_000);
  });

  it.each(['light', 'dark'] as const)('fit a phone, in %s colours', async (colors) => {
    const page = await gallery(collector, { viewport: PHONE, colors });
    await page.getByRole('button', { name: promptOf(MANY - 1), exact: true }).waitFor();
    const overflow = (): Promise<number> =>
      page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
    expect(await overflow()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: promptOf(MANY - 1), exact: true }).click();
    const viewer = page.getByRole('dialog', { name: promptOf(MANY - 1) });
    await viewer.getByText('Steps', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await viewer.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
  });
});
