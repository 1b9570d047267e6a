import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { createTestApp } from '../../support/app.js';
import { bearer, send, tokenOf } from '../../support/auth.js';
import { temporaryFolder } from '../../support/folder.js';
import { until } from '../../support/until.js';

it('is the same batch after the server was started anew, and is done then', async () => {
  const folder = await temporaryFolder();
  const { engine } = FakeEngine.blocking();
  const env = { ATELIER_DRAIN_SECONDS: '0' };
  const first = await createTestApp({ dataDir: folder.path, engine, env });
  const headers = bearer(await tokenOf(first.app));
  const path = '/mold/api/generation-batches';
  const batch = { client_batch_id: randomUUID(), requests: [{ prompt: 'a robot' }] };
  const before = await send(first.app, 'POST', path, headers, batch);
  expect(before.status).toBe(202);
  await first.close();

  const second = await createTestApp({ dataDir: folder.path, env });
  const token = bearer(await tokenOf(second.app));
  const replayed = await send(second.app, 'POST', path, token, batch);
  expect(replayed.status).toBe(202);
  const names = (body: unknown) => {
    const { id, instance_id, children } = body as {
      id: string;
      instance_id: string;
      children: { job_id: string; state: string }[];
    };
    return { id, instance_id, jobs: children.map((child) => child.job_id) };
  };
  expect(names(replayed.body)).toEqual(names(before.body));
  await until('its end', 20_000, async () => {
    const { body } = await send(second.app, 'GET', `${path}/${batch.client_batch_id}`, token);
    return JSON.stringify(body).includes('"state":"complete"');
  });
  await second.close();
  await folder.remove();
});
