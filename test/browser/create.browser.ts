import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { PHONE, sharedBrowser, violations, visit } from './browser.js';
import { fillIn, latestJob, openCreate } from './create-support.js';
import { jsonOf, SLOW_APPLE, type TestClient } from '../support/client.js';
import { PASSWORD, sharedServer } from '../support/server.js';

const server = sharedServer();
const browser = sharedBrowser();

function visitor(client: TestClient = server().admin): Promise<Page> {
  return visit(browser(), { url: server().url, as: client });
}

describe('making a picture', () => {
  it('goes from the log in over steps and a preview to the picture', async () => {
    const page = await visit(browser(), { url: server().url });
    await page.goto('/');
    await page.getByLabel('Username').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await fillIn(page, { Prompt: 'red apple', Width: '64', Height: '64', Steps: '60', Seed: '42' });
    await page.getByRole('button', { name: 'Generate' }).click();
    const job = page.getByRole('article', { name: 'red apple' });
    await job.getByText(/Step \d+ of 60/).waitFor();
    await job.getByRole('img', { name: /Preview/ }).waitFor();
    await job.getByRole('button', { name: 'Open large: red apple' }).waitFor();
    const { parameters, status } = await latestJob(server().admin);
    expect(status).toBe('completed');
    expect(parameters.options).toMatchObject({
      prompt: 'red apple',
      width: 64,
      steps: 60,
      seed: 42,
    });
  });

  it('sends only what was said', async () => {
    const page = await visitor();
    // The browser does not always tell what is in a request whose body is a stream.
    await page.addInitScript(() => {
      const { fetch } = window;
      window.fetch = async (asked, ...more) => {
        if (asked instanceof Request && asked.url.includes('/api/generate/')) {
          const key = asked.headers.get('idempotency-key');
          Object.assign(window, { sent: { key, body: await asked.clone().json() } });
        }
        return fetch(asked, ...more);
      };
    });
    await openCreate(page);
    await page.getByRole('button', { name: 'Start over' }).click();
    await fillIn(page, { Prompt: 'green apple', Steps: '2' });
    await page.getByRole('button', { name: 'Generate' }).click();
    const sent = await page.waitForFunction(() => (window as { sent?: object }).sent);
    expect(await sent.jsonValue()).toEqual({
      key: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      body: { prompt: 'green apple', steps: 2 },
    });
  });

  it('shows a batch side by side, and each picture large', async () => {
    const page = await visitor();
    await openCreate(page);
    await fillIn(page, {
      Prompt: 'three apples',
      Width: '64',
      Height: '64',
      Steps: '2',
      'Batch count': '3',
    });
    await page.getByRole('button', { name: 'Generate' }).click();
    const pictures = page
      .getByRole('article', { name: 'three apples' })
      .getByRole('button', { name: /^Open large: three apples, \d/ });
    await pictures.nth(2).waitFor();
    expect(await pictures.count()).toBe(3);
    await pictures.first().click();
    await page.getByRole('dialog', { name: 'Picture 1 of 3' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'Picture 2 of 3' }).waitFor();
  });

  it('tells what it will take, learnt from what was made', async () => {
    await server().admin.draw({ ...SLOW_APPLE, steps: 4 });
    const page = await visitor();
    await openCreate(page);
    await fillIn(page, { Prompt: 'an estimate' });
    await page.getByText(/learnt from \d+ jobs?/).waitFor();
    expect(await page.getByText(/About [\d.]+ .* · [\d.]+ [KMG]iB/).count()).toBe(1);
  });

  it('cancels what is under way', async () => {
    const page = await visitor();
    await openCreate(page);
    await fillIn(page, { Prompt: 'never', Width: '64', Height: '64', Steps: '150' });
    await page.getByRole('button', { name: 'Generate' }).click();
    const job = page.getByRole('article', { name: 'never' });
    await job.getByText(/Step \d+/).waitFor();
    await job.getByRole('button', { name: 'Cancel' }).click();
    await job.getByText('Cancelled').waitFor();
    expect((await latestJob(server().admin)).status).toBe('cancelled');
  });

  it('finds a job that is under way again after a reload', async () => {
    const page = await visitor();
    await openCreate(page);
    const id = await server().admin.submit({ ...SLOW_APPLE, prompt: 'still there', steps: 150 });
    await page.reload();
    const job = page.getByRole('article', { name: 'still there' });
    await job.getByText(/Step \d+ of 150/).waitFor();
    await job.getByRole('button', { name: 'Cancel' }).click();
    await job.getByText('Cancelled').waitFor();
    expect((await server().admin.job(id)).status).toBe('cancelled');
  });
});

describe('the form', () => {
  it('folds what is rarely used, and unfolds it', async () => {
    const page = await visitor();
    await openCreate(page);
    expect(await page.getByLabel('Steps', { exact: true }).isVisible()).toBe(true);
    const fold = page.getByRole('button', { name: 'Step caching' });
    expect(await fold.getAttribute('aria-expanded')).toBe('false');
    await fold.click();
    await page.getByLabel('Cache mode').waitFor();
  });

  it('shows every option of the server', async () => {
    const page = await visitor();
    await openCreate(page);
    const { parameters } = jsonOf<{
      parameters: Record<string, { kinds: string[]; group: string }>;
    }>(await server().admin.api({ path: '/api/parameters' }));
    const folded = page.locator('h2 button[aria-expanded=false]');
    while ((await folded.count()) > 0) await folded.first().click();
    const wanted = Object.entries(parameters).filter(([, { kinds }]) => kinds.includes('text2img'));
    const shown = await page
      .locator('[data-option-name]')
      .evaluateAll((fields) => fields.map((field) => (field as HTMLElement).dataset['optionName']));
    const placed = ['model_name', 'prompt', 'negative_prompt', 'width', 'height'];
    expect(new Set([...shown, ...placed])).toEqual(new Set(wanted.map(([name]) => name)));
  });

  it('keeps what was said over a reload and another view, and forgets it when told to', async () => {
    const page = await visitor();
    await openCreate(page);
    await fillIn(page, { Prompt: 'kept', Steps: '7' });
    await page.getByRole('link', { name: 'Gallery' }).first().click();
    await page.getByRole('link', { name: 'Create' }).first().click();
    expect(await page.getByLabel('Prompt', { exact: true }).inputValue()).toBe('kept');
    await page.reload();
    expect(await page.getByLabel('Steps', { exact: true }).inputValue()).toBe('7');
    await page.getByRole('button', { name: 'Start over' }).click();
    expect(await page.getByLabel('Prompt', { exact: true }).inputValue()).toBe('');
  });

  it('says what is wrong beside its field', async () => {
    const page = await visitor();
    await openCreate(page);
    await fillIn(page, { Prompt: 'too many', Steps: '900' });
    await page.getByRole('alert').filter({ hasText: 'steps must be a whole number' }).waitFor();
    expect(await page.getByLabel('Steps', { exact: true }).getAttribute('aria-invalid')).toBe(
      'true',
    );
  });

  it('explains a kind that the server has no model for', async () => {
    const page = await visitor();
    await openCreate(page);
    await page.getByRole('radio', { name: /ControlNet/ }).click();
    await page.getByText('There is no ControlNet model.').first().waitFor();
    expect(await page.getByRole('button', { name: 'Generate' }).isDisabled()).toBe(true);
  });
});

describe('for everybody', () => {
  it.each(['light', 'dark'] as const)('pleases axe in %s colours', async (colors) => {
    const { url, admin } = server();
    const page = await visit(browser(), { url, as: admin, colors });
    await openCreate(page);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('radio', { name: 'Inpainting' }).click();
    await page.getByRole('button', { name: 'Sampling' }).click();
    expect(await violations(page)).toEqual([]);
  });

  it('fits a phone', async () => {
    const { url, admin } = server();
    const page = await visit(browser(), { url, as: admin, viewport: PHONE });
    await openCreate(page);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });
});
