// What a browser on this machine needs for each view of the dashboard: time to the first paint with content, and JavaScript.
import { chromium } from 'playwright-core';
import { DASHBOARD_VIEWS, windowFor } from '../scripts/lib/dashboard-views.mjs';
import { findChromium } from '../scripts/lib/machine.mjs';
import { ensureChromium } from '../scripts/lib/system-packages.mjs';
import { median, ms, sum } from './lib/numbers.mjs';
import { startServer } from './lib/server.mjs';

const ROUNDS = 5;
const KB = 1000;

await ensureChromium();
const server = await startServer();
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});

/** @param {typeof DASHBOARD_VIEWS[number]} view seen with an empty cache */
async function look(view) {
  const context = await windowFor(browser, { baseURL: server.url }, view, server.token);
  const page = await context.newPage();
  /** @type {Promise<number>[]} */
  const sizes = [];
  page.on('requestfinished', (request) => {
    if (request.resourceType() !== 'script') return;
    sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  await page.goto(view.path, { waitUntil: 'networkidle' });
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  );
  const script = sum(await Promise.all(sizes));
  await context.close();
  return { paint, script };
}

console.log(`first contentful paint (median of ${ROUNDS}), and JavaScript as it is sent`);
for (const view of DASHBOARD_VIEWS) {
  const looks = [];
  for (let round = 0; round < ROUNDS; round += 1) looks.push(await look(view));
  const paint = median(looks.map((one) => one.paint));
  const script = Math.max(...looks.map((one) => one.script)) / KB;
  console.log(`  ${ms(paint).padStart(8)} ${script.toFixed(0).padStart(5)} kB  ${view.name}`);
}
console.log('  (wanted: under 1000 ms, and under 200 kB for the first view)');
await browser.close();
await server.stop();
