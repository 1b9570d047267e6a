import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { principalOf, User } from '../../src/auth/index.js';
import { JobRemoval, RecycleBin } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, send, tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { jobEnd, jobOf, submitted } from '../support/jobs.js';
import { until } from '../support/until.js';

let folder: TemporaryFolder;
let server: TestApp;
let token: string;

async function boot(): Promise<void> {
  server = await createTestApp({ dataDir: folder.path });
  token = await tokenOf(server.app);
}

beforeEach(async () => {
  folder = await temporaryFolder();
  await boot();
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

async function completed(): Promise<string> {
  const id = await submitted(server.app, token);
  await jobEnd(server.app, token, id);
  return id;
}

const folderOf = (id: string): string => join(folder.path, 'outputs', id);

function rowsOf(id: string): Promise<object[]> {
  return server.app.get(DataSource).query('SELECT "outputBytes" FROM jobs WHERE id = ?', [id]);
}

/** Has the removal of a job fail after its row was marked, as an end of the server would cut it off. */
function cutOff(): void {
  server.app.get(JobRemoval).onRemoval(async () => {
    throw new Error('cut off');
  });
}

async function expectRemovedAfterRestart(id: string): Promise<void> {
  await server.close();
  await boot();
  await until('the removal', 10_000, async () => (await rowsOf(id)).length === 0);
  expect(existsSync(folderOf(id))).toBe(false);
}

describe('a removal that was cut off', () => {
  it('shows the job nowhere, and is finished by the next start', async () => {
    const id = await completed();
    cutOff();
    const url = `/api/queue/job/${id}`;
    expect((await send(server.app, 'DELETE', `${url}?confirm=true`, bearer(token))).status).toBe(
      200,
    );
    expect(await rowsOf(id)).toHaveLength(1);
    for (const path of [url, `${url}/output/image_0.png`])
      expect((await send(server.app, 'GET', path, bearer(token))).status).toBe(404);
    const { body: bin } = await send(server.app, 'GET', '/api/queue/bin', bearer(token));
    expect(bin).toMatchObject({ jobs: [] });
    const { body: history } = await send(server.app, 'GET', '/api/queue/history', bearer(token));
    expect(history).toMatchObject({ jobs: [] });
    await expectRemovedAfterRestart(id);
  });

  it('cannot be undone when it was one from the recycle bin', async () => {
    const id = await completed();
    const body = { job_ids: [id] };
    await send(server.app, 'POST', '/api/queue/bin', bearer(token), body);
    cutOff();
    const admin = await server.app.get(DataSource).getRepository(User).findOneByOrFail({});
    expect(await server.app.get(RecycleBin).empty(principalOf(admin, { via: 'jwt' }))).toBe(1);
    const restored = await send(server.app, 'POST', '/api/queue/bin/restore', bearer(token), body);
    expect(restored.body).toMatchObject({ refused: [{ job_id: id }] });
    await expectRemovedAfterRestart(id);
  });
});

describe('an expiry of outputs that was cut off', () => {
  it('is finished by the next start', async () => {
    const id = await completed();
    await server.app
      .get(DataSource)
      .query('UPDATE jobs SET "outputsExpiredAt" = ? WHERE id = ?', [Date.now(), id]);
    await server.close();
    await boot();
    await until('the expiry', 10_000, async () => !existsSync(folderOf(id)));
    await until('its row', 10_000, async () => {
      const [row] = (await rowsOf(id)) as { outputBytes: number | null }[];
      return row?.outputBytes === null;
    });
    expect((await jobOf(server.app, token, id)).outputs_expired).toBe(true);
  });
});
