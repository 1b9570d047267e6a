import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { call, jsonOf, type TestClient } from '../support/client.js';
import { PASSWORD, sharedServer } from '../support/server.js';
import { DESKTOP, PHONE, sharedBrowser, sidewaysScroll, violations, visit } from './browser.js';

const server = sharedServer();
const browser = sharedBrowser();

let people = 0;

/** Somebody of their own for a test: what it does to their account is no other test's business. */
async function somebody(role = 'user'): Promise<{ name: string; client: TestClient }> {
  people += 1;
  const name = `person-${people}`;
  const body = { username: name, password: PASSWORD, role };
  await server().admin.api({ path: '/api/users', body });
  return { name, client: await server().login(name) };
}

async function account(
  as: Pick<TestClient, 'token'>,
  options: Partial<Parameters<typeof visit>[1]> = {},
): Promise<Page> {
  const page = await visit(browser(), { url: server().url, as, ...options });
  await page.goto('/account');
  await page.getByRole('heading', { level: 1, name: 'My account' }).waitFor();
  return page;
}

async function statusWith(key: string, path: string): Promise<number> {
  const { status } = await call(server().url, { path, headers: { 'x-api-key': key } });
  return status;
}

/** Fills the dialog for a new key up to its end. */
async function makeKey(page: Page, name: string, fill?: () => Promise<void>): Promise<string> {
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await fill?.();
  await dialog.getByRole('button', { name: 'Make key' }).click();
  const shown = dialog.getByRole('group', { name: 'API key' }).getByText(/^atk_/);
  return (await shown.textContent()) ?? '';
}

describe('API keys', () => {
  it('are made, work as far as they were allowed to, and are refused once they are revoked', async () => {
    const { name, client } = await somebody();
    const page = await account(client);
    const key = await makeKey(page, 'nightly build', async () => {
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Choose' }).click();
      await dialog.getByLabel('List the models').uncheck();
      await dialog.getByLabel('See who it belongs to').check();
      await dialog.getByLabel('Lasts').click();
      await page.getByRole('option', { name: '7 days' }).click();
    });
    expect(await page.getByLabel('A line for the terminal').textContent()).toBe(
      `curl -H "X-API-Key: ${key}" ${server().url}/api/auth/me`,
    );
    await page.getByRole('button', { name: 'Done' }).click();

    const me = await call(server().url, { path: '/api/auth/me', headers: { 'x-api-key': key } });
    expect(jsonOf<{ user: { username: string } }>(me).user.username).toBe(name);
    expect(await statusWith(key, '/api/queue/status')).toBe(200);
    expect(await statusWith(key, '/api/models')).toBe(403);

    await page.getByRole('button', { name: 'Revoke nightly build' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click();
    await page.getByText('No API keys yet').waitFor();
    expect(await statusWith(key, '/api/auth/me')).toBe(401);
    await page.getByRole('button', { name: 'Revoked' }).click();
    await page.getByText('revoked now').waitFor();
    expect(await page.getByText(key.slice(0, 8)).count()).toBe(1);
  });

  it('that delegate are for administrators, and marked', async () => {
    const plain = await account((await somebody()).client);
    await plain.getByRole('button', { name: 'New key' }).click();
    await plain.getByRole('dialog').getByLabel('Name').waitFor();
    expect(await plain.getByLabel('Delegating key').count()).toBe(0);

    const page = await account((await somebody('admin')).client);
    const key = await makeKey(page, 'front', () => page.getByLabel('Delegating key').click());
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('delegates', { exact: true }).waitFor();
    const asked = await call(server().url, {
      path: '/api/queue/status',
      headers: { 'x-api-key': key, 'x-atelier-user': 'somebody behind it' },
    });
    expect(asked.status).toBe(200);
  });

  it('need a name and something to do', async () => {
    const page = await account((await somebody()).client);
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('button', { name: 'Make key' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Give it a name');
    expect(await violations(page)).toEqual([]);
  });

  it('open no more of this view than they may do', async () => {
    const { client } = await somebody();
    const { bytes } = await client.api({
      path: '/api/auth/keys',
      body: { name: 'little', scopes: ['account:read', 'key:read'] },
    });
    const { key } = JSON.parse(bytes.toString()) as { key: string };
    const page = await visit(browser(), { url: server().url });
    await page.goto('/log-in?to=/account');
    await page.getByRole('button', { name: 'API key' }).click();
    await page.getByLabel('API key', { exact: true }).fill(key);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('You logged in with an API key').waitFor();
    await page.getByText('little', { exact: true }).waitFor();
    const actions = /New key|Revoke little|Change password|Log out everywhere else/;
    expect(await page.getByRole('button', { name: actions }).count()).toBe(0);
    expect(await page.getByRole('navigation', { name: 'Views' }).getByRole('link').count()).toBe(0);
  });
});

describe('the password', () => {
  it('is changed: the old one is refused from then on, and this log in stays', async () => {
    const { name, client } = await somebody();
    const page = await account(client);
    await page.getByLabel('Current password', { exact: true }).fill('not the one');
    await page.getByLabel('New password', { exact: true }).fill('another good one');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('This is not your password.').waitFor();

    await page.getByLabel('Current password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Your password is changed.').first().waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'My account' }).waitFor();
    const statuses = await Promise.all(
      [PASSWORD, 'another good one'].map(async (password) => {
        const body = { username: name, password };
        return (await call(server().url, { path: '/api/auth/login', body })).status;
      }),
    );
    expect(statuses).toEqual([401, 200]);
  });
});

describe('log ins', () => {
  it('are listed with this one marked, and ended one by one or all but this one', async () => {
    const { name, client } = await somebody();
    const [second, third] = [await server().login(name), await server().login(name)];
    const page = await account(client);
    const lines = page.getByRole('region', { name: 'Log ins' }).getByRole('listitem');
    await lines.nth(2).waitFor();
    expect(await lines.filter({ hasText: 'This one' }).count()).toBe(1);

    await lines.first().getByRole('button', { name: 'End' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'End log in' }).click();
    await lines.nth(2).waitFor({ state: 'detached' });
    const states = async (): Promise<number[]> =>
      Promise.all(
        [client, second, third].map(
          async (one) => (await one.api({ path: '/api/auth/me' })).status,
        ),
      );
    expect((await states()).toSorted((a, b) => a - b)).toEqual([200, 200, 401]);

    await page.getByRole('button', { name: 'Log out everywhere else' }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: 'Log out everywhere else' })
      .click();
    await lines.nth(1).waitFor({ state: 'detached' });
    expect(await states()).toEqual([200, 401, 401]);
  });
});

describe('my account', () => {
  it.each([
    ['light', DESKTOP],
    ['dark', PHONE],
  ] as const)('pleases axe in %s colours and fits, dialogs too', async (colors, viewport) => {
    const { client } = await somebody('admin');
    await client.api({ path: '/api/auth/keys', body: { name: 'one to see' } });
    const page = await account(client, { colors, viewport });
    await page.getByText('one to see').waitFor();
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Choose' }).click();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Name').fill('seen');
    await page.getByRole('button', { name: 'Make key' }).click();
    await page.getByRole('heading', { name: 'Your new key' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Revoke seen' }).click();
    await page.getByRole('alertdialog').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('has a choice of colours that stays', async () => {
    const page = await account((await somebody()).client);
    await page.getByRole('group', { name: 'Colours' }).getByText('Dark').click();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'My account' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  });
});
