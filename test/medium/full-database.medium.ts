import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine, type ImageEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { errorOf, send, tokenOf } from '../support/auth.js';
import { cancel, jobEnd, jobOf, jobWhen, submit, submitted } from '../support/jobs.js';
import { until } from '../support/until.js';

let folder: TemporaryFolder;
let server: TestApp;
let token: string;

async function boot(
  engine: ImageEngine = FakeEngine.instant(),
  env: Record<string, string> = {},
): Promise<void> {
  server = await createTestApp({
    engine,
    dataDir: folder.path,
    env: { ATELIER_DRAIN_SECONDS: '0', ...env },
  });
  token = await tokenOf(server.app);
}

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

function connection(): { pragma(text: string, options?: { simple: true }): unknown } {
  return (server.app.get(DataSource).driver as unknown as { databaseConnection: never })
    .databaseConnection;
}

/** Lets the database take nothing more, not even into pages that were free. */
async function fillDatabase(): Promise<void> {
  const source = server.app.get(DataSource);
  await source.query('CREATE TABLE filling (text TEXT)');
  connection().pragma(
    `max_page_count = ${Number(connection().pragma('page_count', { simple: true })) + 4}`,
  );
  const insert = 'INSERT INTO filling VALUES (?)';
  for (const length of [4000, 400, 40]) {
    for (;;) {
      try {
        await source.query(insert, ['x'.repeat(length)]);
      } catch {
        break;
      }
    }
  }
}

async function freeDatabase(): Promise<void> {
  connection().pragma('max_page_count = 1073741823');
  await server.app.get(DataSource).query('DROP TABLE IF EXISTS filling');
}

/** So many outputs that their list needs pages of its own. */
const LARGE = { prompt: 'red apple', width: 64, height: 64, steps: 1, batch_count: 50 };

/** So long a prompt that its job needs a page of its own. */
const LONG = { prompt: 'red apple '.repeat(390) };

async function isFull(): Promise<boolean> {
  const { body } = await send(server.app, 'GET', '/api/health');
  return JSON.stringify(body['problems'] ?? []).includes('INSUFFICIENT_STORAGE');
}

describe('a job that ends while the database is full', () => {
  it('is completed as soon as there is room, and then the next one begins', async () => {
    const { engine, open } = FakeEngine.blocking();
    await boot(engine);
    const first = await submitted(server.app, token, LARGE);
    const second = await submitted(server.app, token);
    await jobWhen(server.app, token, first, ({ phase }) => phase === 'encoding');
    await fillDatabase();
    open();
    const last = join(server.dataDir, 'outputs', first, 'image_49.png');
    await until('its outputs', 20_000, () => existsSync(last));
    const saving = await jobWhen(server.app, token, first, ({ phase }) => phase === 'saving');
    expect(saving.status).toBe('processing');
    expect((await cancel(server.app, token, first)).status).toBe(507);
    expect((await jobOf(server.app, token, second)).status).toBe('queued');
    await freeDatabase();
    for (const id of [first, second])
      expect(await jobEnd(server.app, token, id)).toMatchObject({
        status: 'completed',
        attempts: 1,
      });
    expect(await readdir(join(server.dataDir, 'outputs', first))).toHaveLength(50);
  });

  it('is not lost by a stop, and completed after the next start', async () => {
    const { engine, open } = FakeEngine.blocking();
    await boot(engine);
    const id = await submitted(server.app, token, LARGE);
    await jobWhen(server.app, token, id, ({ phase }) => phase === 'encoding');
    await fillDatabase();
    open();
    await jobWhen(server.app, token, id, ({ phase }) => phase === 'saving');
    await server.close();
    // The bound of the database was that of the connection, and went with it.
    await boot();
    expect(await jobEnd(server.app, token, id)).toMatchObject({ status: 'completed', error: null });
    expect(await readdir(join(server.dataDir, 'outputs', id))).toHaveLength(50);
  });
});

describe('a request for a job while the database is full', () => {
  it('is answered with 507 and what to do, and the server goes on when there is room', async () => {
    await boot(FakeEngine.instant(), { ATELIER_RESERVE_MB: '1' });
    const reserve = join(server.dataDir, 'reserve');
    await until('the reserve', 10_000, () => existsSync(reserve) && statSync(reserve).size > 0);
    await fillDatabase();
    const refused = await submit(server.app, token, LONG);
    expect(refused.status).toBe(507);
    expect(errorOf(refused)).toMatchObject({
      code: 'INSUFFICIENT_STORAGE',
      message: expect.stringContaining('Delete jobs or models') as string,
    });
    await freeDatabase();
    await until('the end of the problem', 20_000, async () => !(await isFull()));
    const id = await submitted(server.app, token, LONG);
    expect((await jobEnd(server.app, token, id)).status).toBe('completed');
  });
});
