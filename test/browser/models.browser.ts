import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharedServer } from '../support/server.js';
import { weights } from '../support/weight-files.js';
import { PHONE, sharedBrowser, violations, visit } from './browser.js';

const server = sharedServer();
const browser = sharedBrowser();

async function put(name: string, bytes = weights()): Promise<void> {
  const path = join(server().dataDir, 'models', name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

beforeAll(async () => {
  await put('loras/detail.safetensors');
  await put('embeddings/broken.safetensors', Buffer.from('these are no weights'));
  await server().admin.api({ path: '/api/models/refresh', method: 'POST' });
});

type Options = Omit<Parameters<typeof visit>[1], 'url' | 'as'>;

/** The view as an administrator sees it, once its list is there. */
async function open(options: Options = {}): Promise<Page> {
  const { url, admin } = server();
  const page = await visit(browser(), { url, as: admin, ...options });
  await page.goto('/models');
  await row(page, 'tiny-emoji').waitFor();
  return page;
}

function row(page: Page, name: string) {
  const called = page.getByRole('button', { name, exact: true });
  return page.getByRole('list', { name: 'Models' }).getByRole('listitem').filter({ has: called });
}

async function unloadAll(): Promise<void> {
  for (const name of ['tiny-emoji', 'tiny-emoji-x4'])
    await server().admin.api({ path: `/api/models/${name}/unload`, method: 'POST' });
}

describe('the list of models', () => {
  it('shows what is on the disk, narrowed by type and by a search', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'LoRA 1' }).click();
    await row(page, 'tiny-emoji').waitFor({ state: 'detached' });
    expect(await row(page, 'detail.safetensors').count()).toBe(1);
    await page.getByRole('button', { name: /^All/ }).click();
    await page.getByRole('searchbox', { name: 'Search models' }).fill('no such thing');
    await page.getByRole('heading', { name: 'No such model' }).waitFor();
    await page.getByRole('button', { name: 'Show all models' }).click();
    await row(page, 'tiny-emoji').waitFor();
  });

  it('says what is wrong with a file', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Problems 1' }).click();
    await row(page, 'detail.safetensors').waitFor({ state: 'detached' });
    const text = await row(page, 'broken.safetensors').innerText();
    expect(text).toContain('not safetensors');
  });

  it('shows what is known of a model', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'tiny-emoji', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'tiny-emoji' });
    const text = await dialog.getByText('20.6 million').locator('..').innerText();
    expect(text).toMatch(/z-image[^]*q8_0[^]*128 × 128, 8 steps/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('is not for those who may not manage models', async () => {
    const { url, admin } = server();
    await admin.api({
      path: '/api/users',
      body: { username: 'una', password: 'a password for tests', role: 'user' },
    });
    const page = await visit(browser(), { url, as: await server().login('una') });
    await page.goto('/models');
    await page.getByRole('heading', { name: 'This is not for you' }).waitFor();
    expect(await page.getByRole('link', { name: 'Models' }).count()).toBe(0);
  });
});

describe('loading', () => {
  it('puts a model into memory, says what it takes, and takes it out again', async () => {
    await unloadAll();
    const page = await open();
    await page.getByRole('button', { name: 'Load tiny-emoji', exact: true }).click();
    const memory = page.getByRole('region', { name: 'In memory' });
    await memory.getByText(/about 23\.\d MiB/).waitFor();
    await row(page, 'tiny-emoji').getByText('In memory').waitFor();
    await memory.getByRole('button', { name: 'Unload tiny-emoji', exact: true }).click();
    await memory.getByText('No model is loaded').waitFor();
    await row(page, 'tiny-emoji').getByText('In memory').waitFor({ state: 'detached' });
    const { bytes } = await server().admin.api({ path: '/api/models/summary' });
    expect(JSON.parse(bytes.toString())).toMatchObject({ loaded: [] });
  });

  it('takes options from the table of the server, and says beside one what is wrong with it', async () => {
    await unloadAll();
    const page = await open();
    await page.getByRole('button', { name: 'More for tiny-emoji', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Load with options' }).click();
    const dialog = page.getByRole('dialog', { name: 'Load tiny-emoji' });
    await dialog.getByText('How it runs').click();
    await dialog.getByRole('textbox', { name: 'Tensor type rules' }).fill('x'.repeat(2001));
    await dialog.getByRole('switch', { name: 'VAE on CPU' }).click();
    await dialog.getByRole('button', { name: 'Load', exact: true }).click();
    const told = dialog.getByRole('alert').first();
    await told.waitFor();
    const rules = dialog.getByRole('textbox', { name: 'Tensor type rules' });
    expect(await rules.getAttribute('aria-describedby')).toContain(await told.getAttribute('id'));
    await dialog.getByRole('textbox', { name: 'Tensor type rules' }).fill('');
    await dialog.getByRole('button', { name: 'Load', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    const { bytes } = await server().admin.api({ path: '/api/models/tiny-emoji' });
    expect(JSON.parse(bytes.toString())).toMatchObject({
      model: { loaded: true, load: { options: { vae_on_cpu: true } } },
    });
  });

  it('by somebody else is seen without asking', async () => {
    await unloadAll();
    const page = await open();
    await server().admin.api({ path: '/api/models/tiny-emoji-x4/load', method: 'POST' });
    await row(page, 'tiny-emoji-x4').getByText('In memory').waitFor();
    const memory = page.getByRole('region', { name: 'In memory' });
    expect(await memory.innerText()).toContain('tiny-emoji-x4');
  });
});

describe.each(['light', 'dark'] as const)('in %s colours', (colors) => {
  it('pleases axe, with its dialogs too', async () => {
    const page = await open({ colors });
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'tiny-emoji', exact: true }).click();
    await page.getByText('20.6 million').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Load with options …' }).click();
    await page.getByText('How it runs').click();
    await page.getByRole('textbox', { name: 'Tensor type rules' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

describe('on a phone', () => {
  it('scrolls down only', async () => {
    const page = await open({ viewport: PHONE });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    expect(await violations(page)).toEqual([]);
  });
});
