import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export const JOBS = 100_000;
export const WAITING = 1000;
const USERS = 20;

const WORDS = 'red green blue small large old apple tree castle river night portrait oil'.split(
  ' ',
);
export const RARE = 'axolotl';
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

/**
 * Puts a hundred thousand jobs into the database of a server: half of them one user's, a thousand waiting.
 * One in three has a label, each has a tag that it shares with three others.
 *
 * @param {string} dataDir
 * @returns the ids of the users `user0`, to whom the half belongs, and so on
 */
export function fillWithJobs(dataDir) {
  const database = new Database(join(dataDir, 'atelier.db'));
  const users = Array.from({ length: USERS }, (_, index) => addUser(database, `user${index}`));
  const insert = database.prepare(
    `INSERT INTO jobs (id, kind, ownerId, state, title, request, result, attempts, createdAt, startedAt,
       finishedAt, model, cost, startTag, outputBytes, label, origin) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, 5, ?, ?, ?, ?)`,
  );
  const tag = database.prepare(
    'INSERT INTO job_tags (jobId, name, value, ownerId) VALUES (?, ?, ?, ?)',
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
  const origin = JSON.stringify({
    dialect: 'sdcpp',
    params: { prompt: 'x'.repeat(400), steps: 20 },
  });
  database.transaction(() => {
    for (let index = 0; index < JOBS; index += 1) {
      const state = stateOf(index);
      const at = begun + index * 86_000;
      const done = state === 'completed';
      const ended = state === 'queued' ? null : at + 5000;
      const owner = users[index % 2 === 0 ? 0 : 1 + ((index >> 1) % (USERS - 1))];
      const kind = index % 10 === 0 ? 'upscale' : 'text2img';
      const id = randomUUID();
      insert.run(
        id,
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
        index % 3 === 0 ? `title ${index % 101}` : null,
        origin,
      );
      tag.run(id, 'group', String(index >> 2), owner);
    }
  })();
  database.close();
  return users;
}
