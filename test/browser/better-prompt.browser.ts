import { afterAll, expect, it } from 'vitest';
import { StandInLlm } from '../support/llm.js';
import { sharedServer } from '../support/server.js';
import { sharedBrowser, violations, visit } from './browser.js';

const llm = await StandInLlm.start({ kind: 'ollama' });
afterAll(() => llm.stop());

const server = sharedServer({ env: { ATELIER_TEXT_ENDPOINT: llm.url } });
const browser = sharedBrowser();

it('makes a prompt better, and gives the old one back', async () => {
  const page = await visit(browser(), { url: server().url, as: server().admin });
  await page.goto('/create');
  const prompt = page.getByLabel('Prompt', { exact: true });
  const better = page.getByRole('button', { name: 'Make it better' });
  await better.waitFor();
  expect(await better.isDisabled()).toBe(true);
  await prompt.fill('a cat');
  llm.say({ content: 'a cat, on a mat' });
  await better.click();
  await expect.poll(() => prompt.inputValue()).toBe('a cat, on a mat');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await prompt.inputValue()).toBe('a cat');
});
