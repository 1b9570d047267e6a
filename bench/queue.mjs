// Listing pages with 100,000 jobs in the table, half of them one user's, and 1,000 waiting.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { median } from './lib/numbers.mjs';
import { logIn, startServer } from './lib/server.mjs';

const JOBS = 100_000;
const WAITING = 1000;
const USERS = 20;
const ROUNDS = 25;

const WORDS = 'red green blue small large old apple tree castle river night portrait oil'.split(
  ' ',
);
const RARE = 'axolotl';
const DAY_MS = 24 * 3600 * 1000;

/** @param {number} index */
function titleOf(index) {
  const words = Array.from(
    { length: 12 },
    (_, at) => WORDS[(index * 7 + at * at + at) % WORDS.length],
  );
  return index % 5000 === 0 ? `${words.join(' ')} ${RARE}` : words.join(' ');
}

/** @param {number} index */
function stateOf(index) {
  if (index >= JOBS - WAITING) return 'queued';
  if (index % 40 === 0) return 'failed';
  return index % 97 === 0 ? 'cancelled' : 'completed';
}

/**
 * @param {Database.Database} database
 * @param {string} username
 */
function addUser(database, username) {
  const id = randomUUID();
  const { columns } = /** @type {{ columns: string }} */ (
    database
      .prepare(`SELECT group_concat('"' || name || '"') AS columns FROM pragma_table_info('users')`)
      .get()
  );
  const values = columns
    .split(',')
    .map(
      (column) =>
        ({ '"id"': '?', '"username"': '?', '"usernameKey"': '?', '"role"': "'user'" })[column] ??
        column,
    );
  database
    .prepare(
      `INSERT INTO users (${columns}) SELECT ${values.join(',')} FROM users WHERE "usernameKey" = 'admin'`,
    )
    .run(id, username, username);
  return id;
}

/** @param {string} dataDir */
function fill(dataDir) {
  const database = new Database(join(dataDir, 'atelier.db'));
  const users = Array.from({ length: USERS }, (_, index) => addUser(database, `user${index}`));
  const insert = database.prepare(
    `INSERT INTO jobs (id, kind, ownerId, state, title, request, result, attempts, createdAt, startedAt,
       finishedAt, model, cost, startTag, outputBytes) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, 5, ?, ?)`,
  );
  const begun = Date.now() - 100 * DAY_MS;
  const request = JSON.stringify({ options: { prompt: 'x'.repeat(400), pad: 'y'.repeat(1000) } });
  const output = {
    filename: 'image_0.png',
    content_type: 'image/png',
    size: 500_000,
    width: 512,
    height: 512,
    seed: 1,
  };
  const result = JSON.stringify({ outputs: [output], total_steps: 20 });
  database.transaction(() => {
    for (let index = 0; index < JOBS; index += 1) {
      const state = stateOf(index);
      const at = begun + index * 86_000;
      const done = state === 'completed';
      const ended = state === 'queued' ? null : at + 5000;
      const owner = users[index % 2 === 0 ? 0 : 1 + ((index >> 1) % (USERS - 1))];
      const kind = index % 10 === 0 ? 'upscale' : 'text2img';
      insert.run(
        randomUUID(),
        kind,
        owner,
        state,
        titleOf(index),
        request,
        done ? result : null,
        at,
        ended && at,
        ended,
        `model ${index % 7}`,
        index,
        done ? 500_000 : null,
      );
    }
  })();
  database.close();
}

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
fill(server.dataDir);
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
