import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInHub } from '../support/hub.js';
import { sharedServer } from '../support/server.js';
import { weights } from '../support/weight-files.js';
import { PHONE, sharedBrowser, violations, visit } from './browser.js';

const hub = await StandInHub.start();
afterAll(() => hub.stop());

const server = sharedServer({
  env: {
    ATELIER_CIVITAI_URL: hub.url,
    ATELIER_HUGGINGFACE_URL: hub.url,
    ATELIER_DISK_RESERVE_MB: '1',
  },
});
const browser = sharedBrowser();

const onDisk = (name: string): string => join(server().dataDir, 'models', name);

async function isThere(name: string): Promise<boolean> {
  return stat(onDisk(name)).then(
    () => true,
    () => false,
  );
}

async function put(name: string, bytes = weights()): Promise<void> {
  await mkdir(dirname(onDisk(name)), { recursive: true });
  await writeFile(onDisk(name), bytes);
  await server().admin.api({ path: '/api/models/refresh', method: 'POST' });
}

type Options = Omit<Parameters<typeof visit>[1], 'url' | 'as'>;

async function open(options: Options = {}): Promise<Page> {
  const { url, admin } = server();
  const page = await visit(browser(), { url, as: admin, ...options });
  await page.goto('/models');
  await page.getByRole('list', { name: 'Models' }).waitFor();
  return page;
}

function named(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true });
}

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Looks a file up that the stand-in has on Hugging Face. */
async function lookUp(page: Page, repo: string, file: string): Promise<void> {
  await named(page, 'Get a model').click();
  await page.getByLabel('Repository').fill(repo);
  await page.getByLabel('File', { exact: true }).fill(file);
  await named(page, 'Look it up').click();
}

beforeAll(async () => {
  const bytes = weights();
  hub.addToHuggingFace('some/repo', 'style.safetensors', { bytes, holdAfter: 100 });
  hub.addToCivitai({
    modelId: 12,
    versionId: 34,
    name: 'Soft light',
    type: 'LORA',
    file: 'soft-light.safetensors',
    bytes,
  });
});

describe('getting a model', () => {
  it('looks it up, downloads it with its progress also after a reload, and lists it', async () => {
    const page = await open();
    await lookUp(page, 'some/repo', 'style.safetensors');
    const found = page.getByRole('region', { name: 'Found' });
    expect(await found.innerText()).toMatch(/some\/repo[^]*style\.safetensors[^]*KiB/);
    await choose(page, 'Type', 'LoRA');
    await named(page, 'Download').click();
    await hub.holding();
    const line = page.getByRole('listitem').filter({ hasText: 'Download style.safetensors' });
    await line.getByText(/Downloading · .* of .*KiB/).waitFor();
    await page.reload();
    await line.getByText(/Downloading/).waitFor();
    expect(await line.getByRole('progressbar').count()).toBe(1);
    hub.open();
    await line.waitFor({ state: 'detached' });
    await named(page, 'style.safetensors').waitFor();
    expect(await isThere('loras/style.safetensors')).toBe(true);
  });

  it('takes the address of a page of Civitai, which says what it is', async () => {
    const page = await open();
    await named(page, 'Get a model').click();
    await named(page, 'Civitai').click();
    await page.getByLabel('Model', { exact: true }).fill(`${hub.url}/models/12/soft-light`);
    await named(page, 'Look it up').click();
    await page.getByText('Soft light, v1.0').waitFor();
    expect(await page.getByRole('combobox', { name: 'Type' }).innerText()).toBe('LoRA');
    await named(page, 'Download').click();
    await named(page, 'soft-light.safetensors').waitFor();
    expect(await isThere('loras/soft-light.safetensors')).toBe(true);
  });

  it('says which setting takes the token that a repository asks for', async () => {
    hub.faults.set('/gated/', { status: 403, headers: { 'x-error-code': 'GatedRepo' } });
    const page = await open();
    await lookUp(page, 'gated/repo', 'secret.safetensors');
    const said = await page.getByRole('alert').first().innerText();
    expect(said).toContain('ATELIER_HUGGINGFACE_TOKEN');
  });

  it('that failed says why, and can be tried again', async () => {
    const bytes = weights();
    hub.addToHuggingFace('odd/repo', 'odd.safetensors', { bytes }, { sha256: '0'.repeat(64) });
    const page = await open();
    await lookUp(page, 'odd/repo', 'odd.safetensors');
    await choose(page, 'Type', 'LoRA');
    await named(page, 'Download').click();
    const line = page.getByRole('listitem').filter({ hasText: 'Download odd.safetensors' });
    expect(await line.getByRole('alert').innerText()).toContain('not the one that was promised');
    hub.addToHuggingFace('odd/repo', 'odd.safetensors', { bytes });
    await named(page, 'Dismiss Download odd.safetensors').click();
    await line.waitFor({ state: 'detached' });
    await lookUp(page, 'odd/repo', 'odd.safetensors');
    await choose(page, 'Type', 'LoRA');
    await named(page, 'Download').click();
    await named(page, 'odd.safetensors').waitFor();
    expect(await isThere('loras/odd.safetensors')).toBe(true);
  });
});

describe('a file of this machine', () => {
  it('is uploaded', async () => {
    const page = await open();
    await named(page, 'Upload').click();
    const mimeType = 'application/octet-stream';
    const file = { name: 'mine.safetensors', mimeType, buffer: weights() };
    await page.getByLabel('File', { exact: true }).setInputFiles(file);
    await choose(page, 'Type', 'LoRA');
    await page.getByRole('dialog').getByRole('button', { name: 'Upload' }).click();
    await named(page, 'mine.safetensors').waitFor();
    expect(await isThere('loras/mine.safetensors')).toBe(true);
  });

  it('that is no model is refused with the reason', async () => {
    const page = await open();
    await named(page, 'Upload').click();
    const buffer = Buffer.from('these are no weights');
    const file = { name: 'bad.safetensors', mimeType: 'application/octet-stream', buffer };
    await page.getByLabel('File', { exact: true }).setInputFiles(file);
    await choose(page, 'Type', 'VAE');
    await page.getByRole('dialog').getByRole('button', { name: 'Upload' }).click();
    const line = page.getByRole('listitem').filter({ hasText: 'Upload bad.safetensors' });
    expect(await line.getByRole('alert').innerText()).toContain('no whole weight file');
    expect(await isThere('vae/bad.safetensors')).toBe(false);
  });
});

describe('converting', () => {
  it('offers what the engine can write, and the result is a model', async () => {
    await put('loras/to-convert.safetensors');
    const page = await open();
    await page.getByRole('searchbox', { name: 'Search models' }).fill('to-convert');
    await named(page, 'More for to-convert.safetensors').click();
    await page.getByRole('menuitem', { name: 'Convert …' }).click();
    await choose(page, 'Weight type', 'f32');
    expect(await violations(page)).toEqual([]);
    await named(page, 'Convert').click();
    await named(page, 'to-convert.f32.gguf').waitFor();
    expect(await isThere('loras/to-convert.f32.gguf')).toBe(true);
  });
});

describe('deleting', () => {
  it('asks first, and says which files go', async () => {
    await put('loras/old.safetensors');
    const page = await open();
    await named(page, 'More for old.safetensors').click();
    await page.getByRole('menuitem', { name: 'Delete …' }).click();
    const question = page.getByRole('alertdialog', { name: 'Delete old.safetensors?' });
    expect(await question.innerText()).toContain('loras/old.safetensors');
    expect(await violations(page)).toEqual([]);
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(await isThere('loras/old.safetensors')).toBe(true);
    await named(page, 'More for old.safetensors').click();
    await page.getByRole('menuitem', { name: 'Delete …' }).click();
    await question.getByRole('button', { name: 'Delete' }).click();
    await named(page, 'old.safetensors').waitFor({ state: 'detached' });
    expect(await isThere('loras/old.safetensors')).toBe(false);
  });
});

describe.each([
  ['light', undefined],
  ['dark', PHONE],
] as const)('in %s colours', (colors, viewport) => {
  it('pleases axe in its forms', async () => {
    const page = await open({ colors, ...(viewport && { viewport }) });
    await named(page, 'Get a model').click();
    await page.getByLabel('Repository').waitFor();
    expect(await violations(page)).toEqual([]);
    await named(page, 'Address').click();
    await page.getByRole('combobox', { name: 'Type' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await named(page, 'Upload').click();
    await page.getByLabel('File', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
