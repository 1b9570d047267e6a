// Listing pages with 100,000 jobs in the table, half of them one user's, and 1,000 waiting.
import { fillWithJobs, JOBS, RARE, WAITING } from './lib/many-jobs.mjs';
import { median } from './lib/numbers.mjs';
import { logIn, startServer } from './lib/server.mjs';

const ROUNDS = 25;

/** @type {[who: string, path: string][]} */
const PAGES = [
  ['user0', '/api/queue/status'],
  ['admin', '/api/queue/status'],
  ['user0', '/api/queue/history'],
  ['admin', '/api/queue/history'],
  ['user3', '/api/queue/history'],
  ['admin', '/api/queue/history?page=1900'],
  ['user0', '/api/queue/history?page=900'],
  ['admin', '/api/queue/history?sort_order=asc'],
  ['admin', '/api/queue/history?status=failed'],
  ['user0', '/api/queue/history?status=failed,cancelled&page=10'],
  ['admin', '/api/queue/history?kind=upscale&model=model%203'],
  [
    'admin',
    `/api/queue/history?from=${Math.floor(Date.now() / 1000) - 30 * 86_400}&to=${Math.floor(Date.now() / 1000) - 29 * 86_400}`,
  ],
  ['admin', '/api/queue/history?owner=user7'],
  ['admin', `/api/queue/history?search=${RARE}`],
  ['user3', `/api/queue/history?search=${RARE}`],
  ['admin', '/api/queue/history?search=castle'],
  ['user0', '/api/queue/history?search=castle%20river'],
  ['user3', '/api/queue/history?search=castle'],
  ['user0', '/api/queue/history?search=castle&status=failed'],
];

const server = await startServer();
fillWithJobs(server.dataDir);
const tokens = Object.fromEntries(
  await Promise.all(
    [...new Set(PAGES.map(([who]) => who))].map(async (who) => [who, await logIn(server.url, who)]),
  ),
);

/**
 * @param {string} who
 * @param {string} path
 */
async function measure(who, path) {
  const begun = performance.now();
  const reply = await fetch(server.url + path, {
    headers: { authorization: `Bearer ${tokens[who]}` },
  });
  const body = await reply.text();
  if (!reply.ok) throw new Error(body);
  return performance.now() - begun;
}

console.log(
  `listing pages of ${JOBS} jobs, ${WAITING} of them waiting; median and longest of ${ROUNDS}`,
);
for (const [who, path] of PAGES) {
  /** @type {number[]} */
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await measure(who, path));
  const [middle, longest] = [median(times), Math.max(...times)].map((time) => time.toFixed(1));
  console.log(`  ${middle?.padStart(6)} ms ${longest?.padStart(7)} ms  ${who.padEnd(6)} ${path}`);
}
console.log('  (wanted: a median under 20 ms for each)');
await server.stop();
