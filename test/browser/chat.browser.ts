import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInLlm } from '../support/llm.js';
import { sharedServer } from '../support/server.js';
import { until } from '../support/until.js';
import { PHONE, sharedBrowser, violations, visit } from './browser.js';

const llm = await StandInLlm.start({ kind: 'ollama' });
afterAll(() => llm.stop());

const server = sharedServer();
const browser = sharedBrowser();

const PICTURE = { prompt: 'red apple', width: 64, height: 64, steps: 2, seed: 1 };

async function setUp(endpoint: string): Promise<void> {
  const body = JSON.stringify({ endpoint });
  const response = await fetch(`${server().url}/api/assistant/settings`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${server().admin.token}`,
      'content-type': 'application/json',
    },
    body,
  });
  expect(response.status).toBe(200);
}

type Options = Omit<Parameters<typeof visit>[1], 'url' | 'as'>;

async function open({
  as = server().admin,
  ...options
}: Options & { as?: { token: string } } = {}) {
  const page = await visit(browser(), { url: server().url, as, ...options });
  await page.goto('/chat');
  await page.getByRole('heading', { level: 1, name: 'Chat' }).waitFor();
  return page;
}

async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(question);
  await page.keyboard.press('Enter');
}

const answers = (page: Page) => page.getByRole('article', { name: 'Assistant' });

describe('while no language model is configured', () => {
  it('chat is in no navigation, and an administrator finds the way to set one up', async () => {
    await setUp('');
    const page = await open();
    await page.getByRole('heading', { name: 'No language model yet' }).waitFor();
    expect(await page.getByRole('link', { name: 'Chat' }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await page.goto('/queue');
    await page.getByRole('button', { name: /^admin/ }).click();
    await page.getByRole('menuitem', { name: 'Language model' }).click();
    const dialog = page.getByRole('dialog', { name: 'Language model' });
    await dialog.getByLabel('Address').fill(llm.url);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Connected; llama3.2 is asked.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Chat' }).waitFor();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
  });

  it('says beside a field what is wrong with it, and never shows a key', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Settings' }).click();
    const dialog = page.getByRole('dialog', { name: 'Language model' });
    await dialog.getByLabel('Address').fill('ftp://wrong');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const told = dialog.getByRole('alert').first();
    expect(await told.innerText()).toContain('endpoint');
    await dialog.getByLabel('Address').fill(llm.url);
    await dialog.getByLabel('Key', { exact: true }).fill('sk-secret');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('One is set; it is never shown.').waitFor();
    expect(await dialog.getByLabel('Key', { exact: true }).inputValue()).toBe('');
    expect(await page.content()).not.toContain('sk-secret');
    await dialog.getByRole('switch', { name: 'Forget the key' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Sent as Bearer token.').waitFor();
  });
});

describe('the conversation', () => {
  beforeAll(() => setUp(llm.url));

  it('shows an answer as it comes, with what was looked up and thought', async () => {
    llm.say(
      { thinking: 'Let me look.', calls: [{ name: 'get_models', arguments: {} }] },
      { content: ['You have **one', ' model**.', ' <img src=x>'] },
    );
    const page = await open();
    await ask(page, 'Which models can I use?');
    const answer = answers(page).last();
    await answer.getByText('Looked up: get models').waitFor();
    await answer.getByText('one model', { exact: true }).waitFor();
    expect(await answer.locator('strong').innerText()).toBe('one model');
    expect(await answer.locator('img').count()).toBe(0);
    expect(await answer.getByText('Let me look.').isVisible()).toBe(false);
    await answer.getByText('Thinking', { exact: true }).click();
    expect(await answer.getByText('Let me look.').isVisible()).toBe(true);
  });

  it('is there after a reload, until it is forgotten', async () => {
    llm.say({ content: 'It is kept.' });
    const page = await open();
    await ask(page, 'Do you forget?');
    await answers(page).last().getByText('It is kept.').waitFor();
    await page.reload();
    await answers(page).last().getByText('It is kept.').waitFor();
    await page.getByRole('button', { name: 'Forget' }).click();
    await page
      .getByRole('alertdialog', { name: 'Forget the conversation?' })
      .getByRole('button', { name: 'Forget it' })
      .click();
    await page.getByRole('heading', { name: 'What would you like to know?' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'What would you like to know?' }).waitFor();
    expect(await answers(page).count()).toBe(0);
  });

  it('is stopped, which frees the language model too', async () => {
    llm.say({ content: 'Once upon', falters: true });
    const hungUp = llm.hungUp;
    const page = await open();
    await ask(page, 'Tell a story');
    await answers(page).last().getByText('Once upon').waitFor();
    await page.getByRole('button', { name: 'Stop the answer' }).click();
    await answers(page).last().getByText('Stopped. It is not kept.').waitFor();
    await until('the language model is hung up on', 10_000, () => llm.hungUp > hungUp);
    await page.reload();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    expect(await page.getByText('Once upon').count()).toBe(0);
  });

  it('says why there was no answer, and asks again', async () => {
    llm.say({ status: 500, error: 'out of memory' });
    const page = await open();
    await ask(page, 'Are you well?');
    const trouble = answers(page).last().getByRole('alert');
    await trouble.getByText('out of memory').waitFor();
    expect(await violations(page)).toEqual([]);
    llm.say({ content: 'Well again.' });
    await trouble.getByRole('button', { name: 'Try again' }).click();
    await answers(page).last().getByText('Well again.').waitFor();
    expect(await page.getByText('Are you well?').count()).toBe(1);
    expect(await trouble.count()).toBe(0);
  });
});

describe('what the assistant proposes', () => {
  beforeAll(() => setUp(llm.url));

  it('is done after a question, with the credential of the user', async () => {
    llm.say(
      { calls: [{ name: 'generate', arguments: { ...PICTURE, continue_on_complete: true } }] },
      { content: 'Shall I?' },
    );
    const page = await open();
    await ask(page, 'Draw an apple');
    const answer = answers(page).last();
    await answer.getByRole('button', { name: 'Draw' }).click();
    const question = page.getByRole('alertdialog', { name: 'Draw a picture?' });
    expect(await question.innerText()).toContain('red apple');
    await question.getByRole('button', { name: 'Cancel' }).click();
    await answer.getByRole('button', { name: 'Draw' }).click();
    await question.getByRole('button', { name: 'Draw' }).click();
    await answer.getByText('It is in the queue').waitFor();
    const { bytes } = await server().admin.api({ path: '/api/queue/history?kind=text2img' });
    expect(JSON.parse(bytes.toString())).toMatchObject({
      total: 1,
      jobs: [{ prompt: 'red apple', total_steps: 2 }],
    });
  });

  it('is shown as what cannot be done here, where it cannot', async () => {
    llm.say(
      { calls: [{ name: 'set_setting', arguments: { field: 'steps', value: '9' } }] },
      { content: 'Set it?' },
    );
    const page = await open();
    await ask(page, 'Set the steps');
    await answers(page).last().getByText('Not available here').waitFor();
    expect(await answers(page).last().getByRole('button').count()).toBe(0);
  });

  it('as a choice is answered by a press of a button', async () => {
    const choice = { question: 'Which style?', options: ['Photo', 'Painting'] };
    llm.say({ calls: [{ name: 'ask_user', arguments: choice }] }, { content: 'Choose.' });
    const page = await open();
    await ask(page, 'Draw something');
    llm.say({ content: 'A painting it is.' });
    await answers(page).last().getByRole('button', { name: 'Painting' }).click();
    await answers(page).last().getByText('A painting it is.').waitFor();
    expect(llm.chats.at(-1)?.body.messages?.at(-1)?.content).toContain('Painting');
  });
});

describe('an endpoint that does not answer', () => {
  it('shows chat all the same, with the reason', async () => {
    await setUp('http://127.0.0.1:1');
    await server().admin.api({
      path: '/api/users',
      body: { username: 'una', password: 'a password for tests', role: 'user' },
    });
    const page = await open({ as: await server().login('una') });
    await page.getByText('cannot be reached').waitFor();
    expect(await page.getByRole('link', { name: 'Chat' }).count()).toBe(1);
    expect(await page.getByRole('button', { name: 'Settings' }).count()).toBe(0);
    await setUp(llm.url);
  });
});

describe.each([
  ['light', undefined],
  ['dark', PHONE],
] as const)('in %s colours', (colors, viewport) => {
  beforeAll(() => setUp(llm.url));

  it('pleases axe, with its settings, and fits', async () => {
    llm.say(
      { thinking: 'Hm.', calls: [{ name: 'generate', arguments: PICTURE }] },
      { content: '# A list\n\n- `one`\n- [two](https://example.org)' },
    );
    const page = await open({ colors, ...(viewport && { viewport }) });
    await ask(page, 'A list, please');
    await answers(page).last().getByRole('link', { name: 'two' }).waitFor();
    await page.getByRole('button', { name: 'Send' }).waitFor();
    expect(await violations(page)).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog').getByText('More').click();
    expect(await violations(page)).toEqual([]);
  });
});
