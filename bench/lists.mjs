// The lists of the dialects with 100,000 jobs in the table, half of them one user's: without HTTP, in this process.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillWithJobs, JOBS, RARE } from './lib/many-jobs.mjs';
import { median } from './lib/numbers.mjs';

/** @param {string} path within the built server */
const built = (path) => import(new URL(`../dist/src/${path}`, import.meta.url).href);

const { loadConfig } = await built('config/index.js');
const { createApp } = await built('create-app.js');
const { FakeEngine } = await built('engine/index.js');
const { HistoryService, OutputList, QueueService, RecycleBin } = await built('queue/index.js');

const ROUNDS = 25;
const DAY_MS = 24 * 3600 * 1000;

const dataDir = await mkdtemp(join(tmpdir(), 'atelier-bench-'));
const config = loadConfig({
  ATELIER_DATA_DIR: dataDir,
  ATELIER_ADMIN_PASSWORD: 'a password for benches',
});
const app = await createApp(config, { engine: FakeEngine.instant(), logger: false });
const userId = fillWithJobs(dataDir)[0] ?? '';
const user = { userId, username: 'user0', role: 'user', permissions: ['job:read'], via: 'jwt' };
const history = app.get(HistoryService);
const queue = app.get(QueueService);
const bin = app.get(RecycleBin);
const outputs = app.get(OutputList);
const limit = 50;
const page = { limit: 200, page: 1, sort_by: 'created', sort_order: 'desc' };
const lastMonth = { from: new Date(Date.now() - 30 * DAY_MS), to: new Date(Date.now() - DAY_MS) };

/** @type {[what: string, ask: () => Promise<unknown>][]} */
const QUESTIONS = [
  ['list', () => history.list(user, { limit })],
  ['list, a late part', () => history.list(user, { limit, offset: 45_000 })],
  [
    'list, states and kinds',
    () => history.list(user, { limit, states: ['failed', 'completed'], kinds: ['upscale', 'x'] }),
  ],
  ['list, a label', () => history.list(user, { limit, labels: ['title 42'] })],
  ['list, labels', () => history.list(user, { limit, labels: ['title 42', 'title 24'] })],
  ['list, words', () => history.list(user, { limit, search: 'castle' })],
  [
    'list, words and label',
    () => history.list(user, { limit, search: 'castle', labels: ['title 42'] }),
  ],
  ['list, a rare word', () => history.list(user, { limit, search: RARE })],
  ['list, dates', () => history.list(user, { limit, ...lastMonth })],
  ['list, a tag', () => history.list(user, { limit, tag: { name: 'group', value: '700' } })],
  ['tagged', () => queue.tagged(user, 'group', '700')],
  ['days', () => history.days(user, { limit })],
  ['days, words', () => history.days(user, { limit, search: 'castle' })],
  ['days, a label', () => history.days(user, { limit, labels: ['title 42'] })],
  ['counts', () => history.counts(user)],
  ['counts, kinds', () => history.counts(user, ['upscale', 'x'])],
  ['labels', () => history.labels(user)],
  ['bin', () => bin.list(user, { limit })],
  ['outputs', () => outputs.page(user, page)],
  ['outputs, a late page', () => outputs.page(user, { ...page, page: 240 })],
  ['outputs, a model', () => outputs.page(user, { ...page, model: 'model 4' })],
  ['outputs, a size and dates', () => outputs.page(user, { ...page, size: '64x64', ...lastMonth })],
  ['outputs, words', () => outputs.page(user, { ...page, search: 'castle' })],
  ['outputs, a rare word', () => outputs.page(user, { ...page, search: RARE })],
  ['outputs, choices', () => outputs.choices(user)],
];

console.log(`lists over ${JOBS} jobs; median and longest of ${ROUNDS}`);
for (const [what, ask] of QUESTIONS) {
  /** @type {number[]} */
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    await ask();
    times.push(performance.now() - begun);
  }
  const [middle, longest] = [median(times), Math.max(...times)].map((time) => time.toFixed(1));
  console.log(`  ${middle?.padStart(6)} ms ${longest?.padStart(7)} ms  ${what}`);
}
console.log('  (wanted: a median under 20 ms for each)');
await app.close();
await rm(dataDir, { recursive: true, force: true });
