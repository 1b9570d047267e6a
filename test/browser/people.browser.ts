import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { APPLE, call } from '../support/client.js';
import { PASSWORD, sharedServer } from '../support/server.js';
import { DESKTOP, PHONE, sharedBrowser, sidewaysScroll, violations, visit } from './browser.js';

const server = sharedServer();
const browser = sharedBrowser();

async function people(options: Partial<Parameters<typeof visit>[1]> = {}): Promise<Page> {
  const { url, admin } = server();
  const page = await visit(browser(), { url, as: admin, ...options });
  await page.goto('/people');
  await page.getByRole('listitem').filter({ hasText: 'You' }).waitFor();
  return page;
}

async function add(username: string, role = 'user'): Promise<void> {
  const body = { username, role, password: PASSWORD };
  const { status } = await server().admin.api({ path: '/api/users', body });
  expect(status).toBe(201);
}

async function logInAs(username: string, password = PASSWORD): Promise<number> {
  const body = { username, password };
  return (await call(server().url, { path: '/api/auth/login', body })).status;
}

async function choose(page: Page, username: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `What to do with ${username}`, exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

const answer = (page: Page, name: string): Promise<void> =>
  page.getByRole('alertdialog').getByRole('button', { name }).click();

const lineOf = (page: Page, username: string) =>
  page.getByRole('listitem').filter({ has: page.getByText(username, { exact: true }) });

describe('adding a person', () => {
  it('shows a random password once, which lets them in', async () => {
    const page = await people();
    await page.getByRole('button', { name: 'Add a person' }).click();
    await page.getByLabel('Username').fill('ada');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const shown = page.getByRole('group', { name: 'Password' }).locator('code');
    const password = (await shown.textContent()) ?? '';
    await page.getByRole('button', { name: 'Done' }).click();
    await lineOf(page, 'ada').waitFor();
    expect(await page.getByText(password).count()).toBe(0);
    expect(await logInAs('ada', password)).toBe(200);
  });

  it('says beside the field what is wrong', async () => {
    await add('taken');
    const page = await people();
    await page.getByRole('button', { name: 'Add a person' }).click();
    await page.getByLabel('Username').fill('Taken');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('at least 8 characters').waitFor();
    await page.getByLabel('Password', { exact: true }).fill('long enough now');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('There is a user of this name already.').waitFor();
    expect(await page.getByLabel('Username').getAttribute('aria-invalid')).toBe('true');
  });
});

describe('a person', () => {
  it('gets another role', async () => {
    await add('grace');
    const page = await people();
    await choose(page, 'grace', 'Role: Administrator');
    await lineOf(page, 'grace').getByText('Administrator').waitFor();
    const client = await server().login('grace');
    expect((await client.api({ path: '/api/users' })).status).toBe(200);
  });

  it('is disabled and enabled again', async () => {
    await add('linus');
    const page = await people();
    await choose(page, 'linus', 'Disable');
    await answer(page, 'Disable');
    await lineOf(page, 'linus').getByText('Disabled').waitFor();
    expect(await logInAs('linus')).toBe(401);
    await choose(page, 'linus', 'Enable');
    await lineOf(page, 'linus').getByText('Disabled').waitFor({ state: 'detached' });
    expect(await logInAs('linus')).toBe(200);
  });

  it('gets a new password, and the old one is refused', async () => {
    await add('barbara');
    const page = await people();
    await choose(page, 'barbara', 'Reset password');
    await page.getByRole('dialog').getByRole('button', { name: 'Reset password' }).click();
    const shown = page.getByRole('group', { name: 'Password' }).locator('code');
    const password = (await shown.textContent()) ?? '';
    expect(await logInAs('barbara')).toBe(401);
    expect(await logInAs('barbara', password)).toBe(200);
  });

  it('is removed after a question', async () => {
    await add('brief');
    const page = await people();
    await choose(page, 'brief', 'Remove');
    await answer(page, 'Cancel');
    await choose(page, 'brief', 'Remove');
    await answer(page, 'Remove');
    await lineOf(page, 'brief').waitFor({ state: 'detached' });
    expect(await logInAs('brief')).toBe(401);
  });

  it('with pictures is disabled instead', async () => {
    await add('painter');
    const painter = await server().login('painter');
    await painter.draw(APPLE);
    const page = await people();
    await choose(page, 'painter', 'Remove');
    await answer(page, 'Remove');
    await page.getByRole('alertdialog', { name: 'painter has pictures' }).waitFor();
    await answer(page, 'Disable instead');
    await lineOf(page, 'painter').getByText('Disabled').waitFor();
    expect(await logInAs('painter')).toBe(401);
  });

  it('who is the last administrator stays one, and it is said why', async () => {
    const body = { role: 'user' };
    const { bytes } = await server().admin.api({ path: '/api/users?role=admin' });
    const { users } = JSON.parse(bytes.toString()) as { users: { id: string; username: string }[] };
    for (const { id, username } of users) {
      if (username !== 'admin')
        await server().admin.api({ path: `/api/users/${id}`, method: 'PATCH', body });
    }
    const page = await people();
    await choose(page, 'admin', 'Disable');
    await answer(page, 'Disable');
    await page.getByText('admin is the last administrator').first().waitFor();
    expect(await logInAs('admin')).toBe(200);
  });
});

describe('the list', () => {
  it('is searched, narrowed and ordered', async () => {
    await add('findable-one');
    await add('findable-two', 'guest');
    const page = await people();
    const lines = page.getByRole('tabpanel').getByRole('listitem');
    await page.getByLabel('Name').fill('FINDABLE');
    await page.getByText('2 people').waitFor();
    await page.getByLabel('Order').click();
    await page.getByRole('option', { name: 'Newest first' }).click();
    await lines.first().getByText('findable-two').waitFor();
    await page.getByLabel('Role').click();
    await page.getByRole('option', { name: 'Administrator' }).click();
    await page.getByText('Nobody like that').waitFor();
    await page.getByRole('button', { name: 'Show everybody' }).click();
    await lineOf(page, 'admin').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('');
  });
});

describe('the API keys of everybody', () => {
  it('are listed with their owners, and revoked', async () => {
    await add('keyholder');
    const holder = await server().login('keyholder');
    const made = await holder.api({ path: '/api/auth/keys', body: { name: 'lost one' } });
    const { key } = JSON.parse(made.bytes.toString()) as { key: string };
    const page = await people();
    await page.getByRole('tab', { name: 'API keys of everybody' }).click();
    const keys = page.getByRole('tabpanel').getByRole('listitem');
    const line = keys.filter({ hasText: 'lost one' });
    await line.getByText('of keyholder').waitFor();
    await page.getByRole('button', { name: 'Revoke lost one' }).click();
    await answer(page, 'Revoke key');
    await line.waitFor({ state: 'detached' });
    const asked = await call(server().url, {
      path: '/api/auth/me',
      headers: { 'x-api-key': key },
    });
    expect(asked.status).toBe(401);
  });
});

describe('people', () => {
  it('is not shown to who is no administrator', async () => {
    await add('curious');
    const as = await server().login('curious');
    const page = await visit(browser(), { url: server().url, as });
    await page.goto('/people');
    await page.getByRole('heading', { name: 'This is not for you' }).waitFor();
    expect(await page.getByRole('link', { name: 'People' }).count()).toBe(0);
  });

  it.each([
    ['light', DESKTOP],
    ['dark', PHONE],
  ] as const)('pleases axe in %s colours and fits, dialogs too', async (colors, viewport) => {
    const page = await people({ colors, viewport });
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add a person' }).click();
    await page.getByLabel('Username').fill(`seen-${colors}`);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('group', { name: 'Password' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Done' }).click();
    await choose(page, 'admin', 'Remove');
    await page.getByRole('alertdialog').waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
