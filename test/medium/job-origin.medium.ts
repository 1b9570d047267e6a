import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QueueService } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf } from '../support/auth.js';
import { jobEnd, jobOf, jobWhen } from '../support/jobs.js';
import { ownerOf, Workshop } from '../support/workshop.js';

let server: TestApp;
let anna: string;
let bert: string;
let token: string;
let files: Workshop;

beforeEach(async () => {
  server = await createTestApp({ env: { ATELIER_DRAIN_SECONDS: '0' } });
  anna = await addUser(server.app, 'anna', 'user');
  bert = await addUser(server.app, 'bert', 'user');
  token = await tokenOf(server.app, 'anna');
  files = new Workshop(server.app, 'fetch', 'files');
});

afterEach(async () => {
  await server.close();
});

describe('what a client of another API sent', () => {
  const origin = {
    dialect: 'sdcpp',
    params: { prompt: 'a cat', sampler: 'euler_a' },
    tags: { group: 'variation-7' },
  };

  it('is kept with the job, and found by its tags', async () => {
    const ids = [
      await files.submit(anna, { origin, label: 'Cats' }),
      await files.submit(anna, { origin }),
    ];
    await files.submit(bert, { origin });
    expect(await jobOf(server.app, token, ids[0]!)).toMatchObject({ origin, label: 'Cats' });
    const queue = server.app.get(QueueService);
    const caller = ownerOf(anna);
    const found = await queue.tagged(caller, 'group', 'variation-7');
    expect(found.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(found[0]).toMatchObject({ origin, parameters: {} });
    expect(await queue.tagged(caller, 'group', 'variation-8')).toEqual([]);
  });

  it('is kept by another try', async () => {
    const id = await files.submit(anna, { origin, label: 'Cats' });
    await files.fail(id, new Error('torn'));
    await jobEnd(server.app, token, id);
    const { body } = await send(server.app, 'POST', `/api/queue/job/${id}/retry`, bearer(token));
    const again = body['request_id'] as string;
    expect(await jobOf(server.app, token, again)).toMatchObject({
      origin,
      label: 'Cats',
      retry_of: id,
    });
    await jobWhen(server.app, token, again, ({ status }) => status === 'processing');
  });

  it('is found by its title', async () => {
    const id = await files.submit(anna, { title: 'a cat', label: 'Tomcats ☆' });
    await files.submit(anna, { title: 'a cat' });
    for (const search of ['tomc', 'tomcats cat', '☆']) {
      const url = `/api/queue/history?search=${encodeURIComponent(search)}`;
      const { body } = await send(server.app, 'GET', url, bearer(token));
      expect((body['jobs'] as { id: string }[]).map((job) => job.id)).toEqual([id]);
    }
  });

  it.each([
    { label: 'x'.repeat(256) },
    { origin: { ...origin, tags: { group: 'x'.repeat(256) } } },
  ])('is refused where it is too long', async (job) => {
    await expect(files.submit(anna, job)).rejects.toMatchObject({ code: 'INVALID_PARAMETERS' });
  });

  it('should not be shown to another user', async () => {
    const id = await files.submit(anna, { origin });
    const stranger = await tokenOf(server.app, 'bert');
    const reply = await send(server.app, 'GET', `/api/queue/job/${id}`, bearer(stranger));
    expect(errorOf(reply).code).toBe('JOB_NOT_FOUND');
  });
});
