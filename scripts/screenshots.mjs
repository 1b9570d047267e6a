// `npm run screenshots`: pictures of every view of the dashboard into docs/dashboard/, with the embedded model at work.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { openClient, startServer } from '../bench/lib/server.mjs';
import { DASHBOARD_VIEWS, windowFor } from './lib/dashboard-views.mjs';
import { findChromium } from './lib/machine.mjs';
import { root } from './lib/paths.mjs';
import { startSmallLlm } from './lib/small-llm.mjs';
import { runMain } from './lib/step.mjs';
import { ensureChromium } from './lib/system-packages.mjs';

const FOLDER = join(root, 'docs/dashboard');
const COLORS = /** @type {const} */ (['light', 'dark']);
const SIZES = [
  { name: 'desktop', width: 1280, height: 800 },
  { name: 'phone', width: 390, height: 844 },
];
const PROMPTS = [
  'red apple',
  'cat face',
  'sailboat',
  'sunflower',
  'owl',
  'pizza',
  'rocket',
  'green frog face',
  'lemon',
  'penguin',
  'rose',
  'bus',
];
const ANSWER =
  'Try a plain subject first, such as **red apple**, then add one thing at a time:\n\n1. a colour\n2. a material\n3. the light\n\nWith a fixed seed you see what each word does.';

/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */

/** @param {Server} server */
function api({ url, token }) {
  /**
   * @param {string} path
   * @param {object} body
   */
  return async (path, body) => {
    const reply = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
    return reply.text();
  };
}

/** Something to see in every view. @param {Server} server */
async function fill(server) {
  const post = api(server);
  await post('/api/users', { username: 'ada', role: 'user' });
  await post('/api/users', { username: 'grace', role: 'admin' });
  await post('/api/auth/keys', { name: 'nightly build', scopes: ['job:create', 'job:read'] });
  const client = await openClient(server);
  await client.run(
    PROMPTS.flatMap((prompt, index) => [
      { prompt, seed: 40 + index, steps: 8 },
      { prompt, seed: 90 + index, steps: 8 },
    ]),
  );
  client.close();
  await post('/api/assistant/chat', { message: 'How do I write a good prompt?' });
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} view
 */
async function settle(page, view) {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  if (view === 'create') {
    await page.getByLabel('Prompt', { exact: true }).fill('red apple');
    await page.getByRole('button', { name: 'Generate' }).click();
    await page
      .getByRole('button', { name: /^Open large: red apple/ })
      .first()
      .waitFor();
  }
  await page.waitForLoadState('networkidle');
  // As a text: what runs in the page is not of the types that a program of Node knows. Pictures further
  // down are not loaded before somebody scrolls to them.
  await page.evaluate(
    `Promise.all([...document.images]
      .filter((image) => image.src && image.getBoundingClientRect().top < innerHeight)
      .map((image) => image.decode()))`,
  );
}

await runMain(async () => {
  await ensureChromium();
  await mkdir(FOLDER, { recursive: true });
  const llm = await startSmallLlm(ANSWER);
  const server = await startServer({ ATELIER_TEXT_ENDPOINT: llm.url, ATELIER_PREVIEWS: 'true' });
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
  await fill(server);
  const windows = COLORS.flatMap((colorScheme) =>
    SIZES.flatMap((size) => DASHBOARD_VIEWS.map((view) => ({ colorScheme, size, view }))),
  );
  for (const { colorScheme, size, view } of windows) {
    const { name, ...viewport } = size;
    const options = { baseURL: server.url, viewport, colorScheme };
    const context = await windowFor(browser, options, view, server.token);
    const page = await context.newPage();
    await page.goto(view.path);
    await settle(page, view.name);
    const picture = await sharp(await page.screenshot())
      .webp({ quality: 82 })
      .toBuffer();
    await writeFile(join(FOLDER, `${view.name}-${name}-${colorScheme}.webp`), picture);
    await context.close();
  }
  await browser.close();
  await server.stop();
  llm.stop();
});
