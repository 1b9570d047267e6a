import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { APPLE, type Picture, type TestClient } from '../support/client.js';
import { addUserRow } from '../support/database.js';
import { sharedServer } from '../support/server.js';
import { sharedBrowser, violations, visit } from './browser.js';
import { namesOf, openGallery, tilesOf } from './gallery.js';

const server = sharedServer();
const browser = sharedBrowser();

/** A picture that is there at once. */
const TINY = { ...APPLE, width: 64, height: 64, steps: 2 };

function gallery(as: TestClient): Promise<Page> {
  return openGallery(browser(), { url: server().url, as });
}

describe('what is done with pictures', () => {
  /** Draws for a user of its own, so that nothing else is in the gallery. */
  async function painter(name: string, ...pictures: Picture[]): Promise<TestClient> {
    addUserRow(server().dataDir, name, 'user');
    const client = await server().login(name);
    for (const picture of pictures) await client.draw({ ...TINY, ...picture });
    return client;
  }

  it('compares two, by keyboard too, with what differs', async () => {
    const carl = await painter(
      'carl',
      { prompt: 'red apple', seed: 1 },
      { prompt: 'red apple', seed: 2, steps: 3 },
    );
    const page = await gallery(carl);
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    for (const tile of await tilesOf(page).all())
      await tile.getByRole('button', { name: 'red apple', exact: true }).press('Space');
    await page.getByRole('status').getByText('2 pictures selected').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Compare' }).click();
    const dialog = page.getByRole('dialog', { name: 'Compare two pictures' });
    const rows = dialog.getByRole('table').getByRole('row');
    await rows.nth(2).waitFor();
    expect(await rows.allInnerTexts()).toEqual([
      'What differs\tFirst\tSecond',
      'Seed\t2\t1',
      'Steps\t3\t2',
    ]);
    const slider = dialog.getByRole('slider');
    await slider.press('ArrowLeft');
    await slider.press('ArrowLeft');
    const upper = dialog.getByRole('img', { name: 'First: red apple' });
    expect(await upper.evaluate((picture) => picture.style.clipPath)).toBe(
      'inset(0px 52% 0px 0px)',
    );
    expect((await upper.boundingBox())?.width).toBeGreaterThan(200);
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Side by side' }).click();
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>('[role=dialog] img')].every(
        (picture) => picture.naturalWidth === 64,
      ),
    );
    expect(await dialog.getByRole('img').count()).toBe(2);
  });

  it('deletes them, and brings them back', async () => {
    const dora = await painter('dora', { prompt: 'green pear' }, { prompt: 'blue fox' });
    const page = await gallery(dora);
    await page.getByRole('button', { name: 'green pear', exact: true }).click();
    const viewer = page.getByRole('dialog', { name: 'green pear' });
    const file = await viewer.getByRole('img', { name: 'green pear' }).getAttribute('src');
    const status = async (): Promise<number> => (await dora.api({ path: file! })).status;
    const gone = async (): Promise<void> => {
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Undo' }).waitFor();
      await page
        .getByRole('button', { name: 'green pear', exact: true })
        .waitFor({ state: 'detached' });
    };
    expect(await status()).toBe(200);
    await viewer.getByRole('button', { name: 'Delete' }).click();
    await gone();
    expect(await status()).toBe(404);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'green pear', exact: true }).waitFor();
    expect(await status()).toBe(200);
    await page.getByRole('button', { name: 'Select green pear' }).click();
    await page
      .getByRole('region', { name: 'Selection' })
      .getByRole('button', { name: 'Delete' })
      .click();
    await gone();
    expect(await status()).toBe(404);
    expect(await namesOf(page)).toEqual(['blue fox']);
  });

  it('gives them out as files with a name of their own', async () => {
    const emil = await painter('emil', { prompt: 'red apple, oil', seed: 42 });
    const page = await gallery(emil);
    await page.getByRole('button', { name: 'red apple, oil', exact: true }).click();
    const begun = page.waitForEvent('download');
    await page.getByRole('dialog').getByRole('button', { name: 'Download' }).click();
    expect((await begun).suggestedFilename()).toBe('red-apple-oil-42.png');
  });
});

describe('a gallery without a recycle bin, of pictures behind signed links', () => {
  const strict = sharedServer({
    env: { ATELIER_BIN: 'false', ATELIER_FILES_ACCESS: 'signed' },
  });

  it('shows them, and shares one with who is not logged in', async () => {
    const { url, admin } = strict();
    await admin.draw({ ...TINY, prompt: 'red apple' });
    const page = await visit(browser(), { url, as: admin });
    await page.goto('/gallery');
    await page.getByRole('button', { name: 'red apple', exact: true }).click();
    const viewer = page.getByRole('dialog', { name: 'red apple' });
    await viewer.getByRole('button', { name: 'Share' }).click();
    const share = page.getByRole('dialog', { name: 'Share this picture' });
    await share.getByRole('button', { name: 'Make a link' }).click();
    await share.getByText(/can open the picture until/).waitFor();
    const link = await share.getByRole('textbox', { name: 'Link' }).inputValue();
    expect(await violations(page)).toEqual([]);
    const stranger = await visit(browser(), { url });
    expect((await stranger.goto(link))?.status()).toBe(200);
    expect((await stranger.goto(link.replace(/\?.*/, '')))?.status()).toBe(403);
  });

  it('asks before it deletes one for good', async () => {
    const { url, admin } = strict();
    const page = await visit(browser(), { url, as: admin });
    await page.goto('/gallery');
    await page.getByRole('button', { name: 'red apple', exact: true }).click();
    await page
      .getByRole('dialog', { name: 'red apple' })
      .getByRole('button', { name: 'Delete' })
      .click();
    const question = page.getByRole('alertdialog', { name: 'Delete 1 picture for good?' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await page
      .getByRole('dialog', { name: 'red apple' })
      .getByRole('button', { name: 'Delete' })
      .click();
    await question.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByRole('heading', { name: 'No pictures yet' }).waitFor();
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
  });
});
