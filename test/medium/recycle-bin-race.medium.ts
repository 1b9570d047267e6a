import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { principalOf, User } from '../../src/auth/index.js';
import { UploadStore } from '../../src/files/index.js';
import { RecycleBin } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, send, tokenOf } from '../support/auth.js';
import { jobEnd, submitted } from '../support/jobs.js';

/** How many jobs are restored and purged at the same time. */
const JOBS = 20;

let server: TestApp;
let token: string;

beforeEach(async () => {
  server = await createTestApp();
  token = await tokenOf(server.app);
});

afterEach(() => server.close());

it('what is restored while the bin is emptied keeps its files, and the rest is gone', async () => {
  const ids: string[] = [];
  for (let count = 0; count < JOBS; count += 1) ids.push(await submitted(server.app, token));
  for (const id of ids) await jobEnd(server.app, token, id);
  const all = { job_ids: ids };
  await send(server.app, 'POST', '/api/queue/bin', bearer(token), all);
  const admin = await server.app.get(DataSource).getRepository(User).findOneByOrFail({});
  // Restored from the end, purged from the beginning: they meet in the middle.
  const [restoring, emptied] = await Promise.all([
    send(server.app, 'POST', '/api/queue/bin/restore', bearer(token), {
      job_ids: ids.toReversed(),
    }),
    server.app.get(RecycleBin).empty(principalOf(admin, { via: 'jwt' })),
  ]);
  const { refused } = restoring.body as { refused: { job_id: string }[] };
  const purged = new Set(refused.map(({ job_id: id }) => id));
  expect(purged.size).toBe(emptied);
  for (const id of ids) {
    const isThere = !purged.has(id);
    const url = `/api/queue/job/${id}`;
    expect((await send(server.app, 'GET', url, bearer(token))).status).toBe(isThere ? 200 : 404);
    const output = await server.app.inject({ url: `${url}/output/image_0.png` });
    expect(output.statusCode).toBe(isThere ? 200 : 404);
    expect(existsSync(join(server.dataDir, 'outputs', id))).toBe(isThere);
  }
});

it('an upload that is kept again while it is swept stays', async () => {
  const uploads = server.app.get(UploadStore);
  const data = Buffer.from('an input');
  const id = await uploads.keep(data);
  const later = new Date(Date.now() + 1000);
  // Found to be too old and unused, then named by a new request, then removed.
  const [found] = await uploads.olderThan(later);
  const moment = new Date();
  await uploads.keep(data);
  await uploads.remove(found!, moment);
  expect((await uploads.read(id)).equals(data)).toBe(true);
  // At once: whichever comes first, what was kept is there.
  await Promise.all([uploads.remove(id, later), uploads.keep(data)]);
  expect((await uploads.read(id)).equals(data)).toBe(true);
});
