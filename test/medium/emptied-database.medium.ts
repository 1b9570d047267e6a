import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, describe, it } from 'vitest';
import { createTestApp, type TestAppOptions } from '../support/app.js';
import { addUser, login, tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { jobEnd, submitted } from '../support/jobs.js';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await temporaryFolder();
  await once(async ({ app }) => {
    await addUser(app, 'anna', 'user');
    const token = await tokenOf(app, 'anna');
    await jobEnd(app, token, await submitted(app, token));
  });
});

afterEach(() => folder.remove());

async function once(
  work: (server: Awaited<ReturnType<typeof createTestApp>>) => Promise<unknown>,
  env: TestAppOptions['env'] = {},
): Promise<void> {
  const server = await createTestApp({ dataDir: folder.path, env });
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

async function removeDatabase(): Promise<void> {
  for (const name of await readdir(folder.path))
    if (name.startsWith('atelier.db')) await rm(join(folder.path, name));
}

function emptyDatabase(): Promise<void> {
  const database = new Database(join(folder.path, 'atelier.db'));
  database.pragma('foreign_keys = OFF');
  database.exec('DELETE FROM "users"');
  database.close();
  return Promise.resolve();
}

describe('a data folder that has been in use', () => {
  it('starts again with its database', async () => {
    await once(async ({ app }) => expect((await login(app, 'anna')).status).toBe(200));
  });

  it.each([
    ['deleted', removeDatabase],
    ['emptied', emptyDatabase],
  ])('is no first start when its database was %s, and says what to do', async (_how, harm) => {
    await harm();
    const outputs = await readdir(join(folder.path, 'outputs'));
    const starting = createTestApp({ dataDir: folder.path });
    await expect(starting).rejects.toThrow(/has been in use.*backup.*ATELIER_BEGIN_ANEW/s);
    expect(await readdir(join(folder.path, 'outputs'))).toEqual(outputs);
  });

  it('begins anew where the operator says so', async () => {
    await removeDatabase();
    await once(
      async ({ app }) => {
        expect((await login(app, 'anna')).status).toBe(401);
        expect((await login(app, 'admin')).status).toBe(200);
      },
      { ATELIER_BEGIN_ANEW: 'true' },
    );
  });
});
