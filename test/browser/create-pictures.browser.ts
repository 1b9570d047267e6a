import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharedBrowser, violations, visit } from './browser.js';
import { fillIn, generate, openCreate } from './create-support.js';
import { APPLE } from '../support/client.js';
import { sharedServer } from '../support/server.js';
import { safetensors, SAMPLES, weights, writeSparse } from '../support/weight-files.js';

const server = sharedServer();
const browser = sharedBrowser();

/** Mean difference of a channel that coding and decoding a picture may make. */
const TOLERANCE = 10;

let apple: string;

beforeAll(async () => {
  const models = join(server().dataDir, 'models');
  for (const folder of ['loras', 'embeddings', 'checkpoints']) {
    await mkdir(join(models, folder), { recursive: true });
  }
  await writeFile(join(models, 'loras/ink-wash.safetensors'), weights());
  await writeFile(join(models, 'embeddings/bad-hands.safetensors'), weights());
  await writeSparse(join(models, 'checkpoints/hollow.safetensors'), safetensors(SAMPLES.sd1));
  await server().admin.api({ path: '/api/models/refresh', method: 'POST' });
  apple = await server().admin.submit(APPLE);
  await server().admin.waitForJob(apple);
});

function visitor(colors?: 'light' | 'dark'): Promise<Page> {
  return visit(browser(), { url: server().url, as: server().admin, colors });
}

async function pixels(png: Buffer): Promise<{ data: Buffer; width: number }> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width };
}

/** The mean difference of a channel between two columns, as shares of the width. */
async function difference(one: Buffer, other: Buffer, from: number, to: number): Promise<number> {
  const [{ data: a, width }, { data: b }] = [await pixels(one), await pixels(other)];
  const found: number[] = [];
  for (let at = 0; at < a.length; at += 1) {
    const x = (Math.floor(at / 3) % width) / width;
    if (x >= from && x < to) found.push(Math.abs((a[at] ?? 0) - (b[at] ?? 0)));
  }
  return found.reduce((sum, value) => sum + value, 0) / found.length;
}

async function useAsInput(page: Page, kind: string): Promise<void> {
  const job = page.locator(`[data-job="${apple}"]`);
  await job.getByRole('button', { name: 'Use as input' }).click();
  await page.getByRole('menuitem', { name: kind }).click();
  await page.getByRole('group', { name: /image/ }).getByRole('img').first().waitFor();
}

/** Drops a file onto the view, as from a folder. */
async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  const data = await page.evaluateHandle(
    ([file, base64]) => {
      const transfer = new DataTransfer();
      const raw = Uint8Array.from(atob(base64!), (one) => one.charCodeAt(0));
      transfer.items.add(new File([raw], file!, { type: 'image/png' }));
      return transfer;
    },
    [name, bytes.toString('base64')],
  );
  await page.getByRole('heading', { level: 1 }).dispatchEvent('drop', { dataTransfer: data });
}

describe('a picture that was made', () => {
  it('becomes the input of another one', async () => {
    const page = await visitor();
    await openCreate(page);
    await useAsInput(page, 'Image to image');
    await fillIn(page, { Prompt: 'green apple', Steps: '4', Strength: '0.6' });
    const { parameters, status, outputs } = await generate(page, server().admin);
    expect(status).toBe('completed');
    expect(parameters.options).toMatchObject({ prompt: 'green apple', strength: 0.6, steps: 4 });
    expect(outputs[0]).toMatchObject({ width: APPLE.width, height: APPLE.height });
  });

  it('is painted anew where the mask is, and nowhere else', async () => {
    const page = await visitor();
    await openCreate(page);
    await useAsInput(page, 'Inpainting');
    await page.getByRole('button', { name: 'Paint the mask' }).click();
    const canvas = page.getByRole('application', { name: /Mask/ });
    await fillIn(page, { 'Brush size': '40' });
    const box = (await canvas.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.1);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.9, { steps: 5 });
    await page.mouse.up();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Use this mask' }).click();
    await page.getByRole('img', { name: /The mask/ }).waitFor();
    await fillIn(page, { Prompt: 'blue butterfly', Steps: '8', Strength: '1', Seed: '7' });
    const job = await generate(page, server().admin);
    const [before, after] = [
      await server().admin.output(apple),
      await server().admin.output(job.id),
    ];
    // The blend at the edge of the mask, at 0.64, belongs to neither side.
    expect(await difference(before, after, 0, 0.5)).toBeLessThan(TOLERANCE);
    expect(await difference(before, after, 0.7, 0.9)).toBeGreaterThan(2 * TOLERANCE);
  });

  it('is masked with the keyboard alone, and each step can be taken back', async () => {
    const page = await visitor();
    await openCreate(page, `/create?input=${apple}/image_0.png`);
    await page.getByRole('group', { name: 'Input image' }).getByRole('img').waitFor();
    await page.getByRole('radio', { name: 'Inpainting' }).click();
    await page.getByRole('button', { name: 'Paint the mask' }).click();
    const canvas = page.getByRole('application', { name: /Mask/ });
    const painted = (): Promise<number> =>
      canvas.evaluate((element) => {
        const { width, height } = element as HTMLCanvasElement;
        const { data } = (element as HTMLCanvasElement)
          .getContext('2d')!
          .getImageData(0, 0, width, height);
        return data.filter((value, at) => at % 4 === 3 && value > 0).length / (width * height);
      });
    await canvas.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    const dot = await painted();
    expect(dot).toBeGreaterThan(0);
    expect(dot).toBeLessThan(0.2);
    await page.getByRole('button', { name: 'Invert' }).click();
    expect(await painted()).toBeGreaterThan(0.8);
    await page.getByRole('button', { name: 'Mask all' }).click();
    expect(await painted()).toBe(1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await painted()).toBeCloseTo(dot, 5);
  });

  it('is made again with another seed', async () => {
    const page = await visitor();
    await openCreate(page);
    const accepted = page.waitForResponse(/\/api\/generate\/text2img/);
    const job = page.locator(`[data-job="${apple}"]`);
    await job.getByRole('button', { name: 'Again with another seed' }).click();
    const { request_id: id } = (await (await accepted).json()) as { request_id: string };
    const { parameters } = await server().admin.waitForJob(id);
    expect(parameters.options).toMatchObject({ prompt: APPLE.prompt, steps: APPLE.steps });
    expect(parameters.options['seed']).not.toBe(APPLE.seed);
  });

  it('is copied as code in three languages', async () => {
    const page = await visitor();
    await openCreate(page);
    const job = page.locator(`[data-job="${apple}"]`);
    await job.getByRole('button', { name: 'Copy as code' }).click();
    const dialog = page.getByRole('dialog', { name: 'Copy as code' });
    for (const [language, word] of [
      ['curl', '--fail-with-body'],
      ['Python', 'urlopen'],
      ['JavaScript', 'await fetch'],
    ] as const) {
      await dialog.getByRole('tab', { name: language }).click();
      const code = await dialog.getByRole('tabpanel').innerText();
      expect(code).toContain(word);
      expect(code).toContain(server().url);
      expect(code).toMatch(/"seed": ?42/);
    }
    expect(await violations(page)).toEqual([]);
  });
});

describe('a recipe', () => {
  it('comes with a PNG that is dropped', async () => {
    const page = await visitor();
    await openCreate(page);
    await drop(page, 'apple.png', await server().admin.output(apple));
    await page.getByText('The recipe of that picture is in the form.').first().waitFor();
    expect(await page.getByLabel('Prompt', { exact: true }).inputValue()).toBe(APPLE.prompt);
    expect(await page.getByLabel('Seed', { exact: true }).inputValue()).toBe(`${APPLE.seed}`);
    expect(await page.getByLabel('Steps', { exact: true }).inputValue()).toBe(`${APPLE.steps}`);
  });

  it('comes with the address of a job', async () => {
    const page = await visitor();
    await openCreate(page, `/create?recipe=${apple}`);
    await page.getByText('The settings of that picture are in the form.').first().waitFor();
    expect(await page.getByLabel('Seed', { exact: true }).inputValue()).toBe(`${APPLE.seed}`);
    expect(new URL(page.url()).search).toBe('');
  });

  it('is not in every picture: one without is the input', async () => {
    const page = await visitor();
    await openCreate(page);
    const plain = await sharp({
      create: { width: 200, height: 100, channels: 3, background: '#80c0ff' },
    })
      .png()
      .toBuffer();
    await drop(page, 'sky.png', plain);
    await page.getByRole('group', { name: 'Input image' }).getByRole('img').waitFor();
    expect(await page.getByRole('radio', { name: 'Image to image' }).isChecked()).toBe(true);
    await page.waitForFunction(() =>
      [...document.querySelectorAll('input')].some(({ value }) => value === '200'),
    );
    const kept = await page.evaluate(() => Object.entries(localStorage).join());
    expect(kept).not.toContain('data:image');
  });
});

describe('names in a prompt', () => {
  it('are completed with the keyboard', async () => {
    const page = await visitor();
    await openCreate(page);
    const prompt = page.getByLabel('Prompt', { exact: true });
    await prompt.fill('');
    await prompt.pressSequentially('a cat <lora:wa');
    await page.getByRole('option', { name: /ink-wash/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await prompt.press('Enter');
    expect(await prompt.inputValue()).toBe('a cat <lora:ink-wash:0.8>');
    await prompt.pressSequentially(', hands');
    await page.getByRole('option', { name: /bad-hands/ }).click();
    expect(await prompt.inputValue()).toBe('a cat <lora:ink-wash:0.8>, bad-hands');
    await page.getByRole('button', { name: /LoRAs and embeddings 1 set/ }).waitFor();
  });
});

describe('what fails', () => {
  it('says why, and can be tried again', async () => {
    const page = await visitor();
    await openCreate(page);
    await page.getByLabel('Model', { exact: true }).click();
    await page.getByRole('option', { name: /hollow/ }).click();
    await fillIn(page, { Prompt: 'nothing', Steps: '2' });
    await page.getByRole('button', { name: 'Generate' }).click();
    const job = page.getByRole('article', { name: 'nothing' }).first();
    await job.getByRole('alert').waitFor();
    expect((await job.getByRole('alert').innerText()).length).toBeGreaterThan(20);
    const again = page.waitForResponse(/\/retry$/);
    await job.getByRole('button', { name: 'Try again' }).click();
    expect((await again).status()).toBe(202);
  });
});

describe('the edges of a picture', () => {
  it('can be seen before ControlNet is given them', async () => {
    const page = await visitor('dark');
    await openCreate(page);
    await page.getByRole('radio', { name: /ControlNet/ }).click();
    const file = {
      name: 'apple.png',
      mimeType: 'image/png',
      buffer: await server().admin.output(apple),
    };
    const choosing = page.waitForEvent('filechooser');
    await page
      .getByRole('group', { name: 'Control image' })
      .getByRole('button', { name: 'Choose a picture' })
      .click();
    await (await choosing).setFiles(file);
    await page.getByRole('switch', { name: 'Canny' }).click();
    await page.getByRole('button', { name: 'Show the edges' }).click();
    const edges = page.getByRole('img', { name: /The edges/ });
    await edges.waitFor();
    expect(await edges.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(
      APPLE.width,
    );
    expect(await violations(page)).toEqual([]);
  });
});
