// Ten thousand pictures in the gallery, scrolled through from end to end in a real browser: how long a task of the page takes.
import { chromium } from 'playwright-core';
import { findChromium } from '../scripts/lib/machine.mjs';
import { ensureChromium } from '../scripts/lib/system-packages.mjs';
import { fillWithPictures, promptOf } from './lib/many-pictures.mjs';
import { ms } from './lib/numbers.mjs';
import { startServer } from './lib/server.mjs';
import { traceTasks } from './lib/task-trace.mjs';

const PICTURES = 10_000;

/** Pixels a second. At the first pace what passes is fetched, as far as the machine keeps up; at the others what is there at rest. */
const PACES = [
  { name: 'down, looking at each', speed: 3000 },
  { name: 'up, flinging', speed: -60_000 },
  { name: 'down, as fast as it goes', speed: 400_000 },
];

await ensureChromium();
const server = await startServer();
await fillWithPictures(server.dataDir, PICTURES);
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
const context = await browser.newContext({
  baseURL: server.url,
  viewport: { width: 1280, height: 800 },
});
await context.addInitScript(
  (value) => localStorage.setItem('atelier.credential', value),
  JSON.stringify({ kind: 'token', value: server.token }),
);
const page = await context.newPage();
let thumbnails = 0;
page.on('requestfinished', (request) => {
  if (request.url().includes('thumb=true')) thumbnails += 1;
});
const begun = performance.now();
await page.goto('/gallery');
await page.getByRole('button', { name: promptOf(PICTURES - 1), exact: true }).waitFor();
const shown = performance.now() - begun;

/** @typedef {{ tasks: number[], frames: number, tiles: number, took: number }} Ride */

/**
 * Scrolls to an end of the page, and gives the tasks of more than 50 ms on the way.
 * @param {number} speed
 * @returns {Promise<Ride>}
 */
function scroll(speed) {
  // As a text: it runs in the page, and is no code of this process.
  return page.evaluate(`(async () => {
    const tasks = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    });
    observer.observe({ type: 'longtask' });
    const start = performance.now();
    let frames = 0;
    let tiles = 0;
    let before = -1;
    let last = start;
    while (before !== window.scrollY) {
      before = window.scrollY;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = performance.now();
      window.scrollBy(0, (${speed} * Math.max(1, now - last)) / 1000);
      last = now;
      frames += 1;
      tiles = Math.max(tiles, document.querySelectorAll('main li').length);
    }
    for (const entry of observer.takeRecords()) tasks.push(entry.duration);
    observer.disconnect();
    return { tasks, frames, tiles, took: performance.now() - start };
  })()`);
}

console.log(`gallery, ${PICTURES} pictures, 1280 by 800; the first of them after ${ms(shown)}`);
for (const { name, speed } of PACES) {
  const before = thumbnails;
  const endTrace = await traceTasks(browser);
  const { tasks, frames, tiles, took } = await scroll(speed);
  const worked = await endTrace();
  const last = promptOf(speed > 0 ? 0 : PICTURES - 1);
  await page.getByRole('button', { name: last, exact: true }).waitFor();
  console.log(
    `  ${name}: ${ms(took)}, ${((frames * 1000) / took).toFixed(0)} frames a second, ${thumbnails - before} thumbnails, at most ${tiles} tiles in the page`,
  );
  console.log(
    `    the longest task: ${ms(worked)} of the processor's time (wanted: none over 100 ms); as the clock has it ${ms(Math.max(0, ...tasks))}, with ${tasks.length} over 50 ms`,
  );
}
await browser.close();
await server.stop();
