import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { afterEach, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send, tokenOf } from '../support/auth.js';
import { jobEnd, jobOf, submit, submitted } from '../support/jobs.js';

/** A synchronous wait took five seconds for each write; a busy machine may take this many milliseconds. */
const BLOCK_LIMIT_MS = 2000;

/** Requests that are answered while another program writes. */
const REQUESTS = 100;

let server: TestApp;

afterEach(() => server.close());

it('waits for another writer without holding anybody up, and loses no image', async () => {
  const { engine, open } = FakeEngine.blocking();
  server = await createTestApp({ engine });
  const token = await tokenOf(server.app);
  const running = await submitted(server.app, token);
  await expect
    .poll(async () => (await jobOf(server.app, token, running)).status)
    .toBe('processing');
  const other = new Database(join(server.dataDir, 'atelier.db'));
  try {
    other.exec('BEGIN IMMEDIATE');
    let longestMs = 0;
    let since = performance.now();
    // The image is finished now, and its rows and those of the new job cannot be written.
    open();
    const accepted = submit(server.app, token, { prompt: 'red apple' });
    let isAnswered = false;
    void accepted.then(() => (isAnswered = true));
    const written = server.app.get(DataSource).query('UPDATE users SET "lastLoginAt" = 0');
    for (let count = 0; count < REQUESTS; count += 1) {
      expect((await send(server.app, 'GET', '/api/health')).status).toBe(200);
      expect((await jobOf(server.app, token, running)).status).toBe('processing');
      longestMs = Math.max(longestMs, performance.now() - since);
      since = performance.now();
    }
    expect(isAnswered).toBe(false);
    other.exec('COMMIT');
    expect(longestMs).toBeLessThan(BLOCK_LIMIT_MS);
    await written;
    const reply = await accepted;
    expect(reply.status).toBeLessThan(300);
    expect(await jobEnd(server.app, token, running)).toMatchObject({ status: 'completed' });
  } finally {
    other.close();
  }
});
