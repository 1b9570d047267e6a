import { expect, it } from 'vitest';
import { sharedBrowser, visit } from './browser.js';
import { PASSWORD, sharedServer } from '../support/server.js';

const server = sharedServer();
const browser = sharedBrowser();

it('leads from the log in over a picture and the gallery back to its recipe', async () => {
  const page = await visit(browser(), { url: server().url });
  await page.goto('/');
  await page.getByLabel('Username').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();

  await page.getByLabel('Prompt', { exact: true }).fill('sailboat');
  await page.getByLabel('Steps', { exact: true }).fill('60');
  await page.getByLabel('Seed', { exact: true }).fill('7');
  await page.getByRole('button', { name: 'Generate' }).click();
  const job = page.getByRole('article', { name: 'sailboat' });
  await job.getByRole('img', { name: /Preview/ }).waitFor();
  await job.getByRole('button', { name: 'Open large: sailboat' }).waitFor();

  await page.getByRole('link', { name: 'Gallery', exact: true }).click();
  await page.getByRole('button', { name: 'sailboat', exact: true }).click();
  const viewer = page.getByRole('dialog', { name: 'sailboat' });
  await viewer.getByRole('link', { name: 'Reuse recipe' }).click();

  await page.getByRole('heading', { level: 1, name: 'Create' }).waitFor();
  const said = async (label: string) => page.getByLabel(label, { exact: true }).inputValue();
  await expect.poll(() => said('Prompt')).toBe('sailboat');
  expect(await said('Steps')).toBe('60');
  expect(await said('Seed')).toBe('7');
});
