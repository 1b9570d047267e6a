import type { Browser, Locator, Page } from 'playwright-core';
import { visit, type Visit } from './browser.js';

/** The gallery of whoever is logged in. */
export async function openGallery(browser: Browser, visitor: Visit): Promise<Page> {
  const page = await visit(browser, visitor);
  await page.goto('/gallery');
  await page.getByRole('heading', { level: 1, name: 'Gallery' }).waitFor();
  return page;
}

export function tilesOf(page: Page): Locator {
  return page.getByRole('list', { name: 'Pictures' }).getByRole('listitem');
}

/** The names of the pictures, in their order. */
export async function namesOf(page: Page): Promise<(string | null)[]> {
  const opening = await tilesOf(page)
    .getByRole('button', { name: /^(?!Select )/ })
    .all();
  return Promise.all(opening.map((button) => button.getAttribute('aria-label')));
}
