import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { APPLE, jsonOf, type TestClient } from '../support/client.js';
import { addUserRow } from '../support/database.js';
import { envelopeOf } from '../support/envelope.js';
import { JobFeed } from '../support/job-feed.js';
import { sharedServer } from '../support/server.js';

const server = sharedServer();
let alice: TestClient;
let bob: TestClient;

async function statusJobs(client: TestClient): Promise<string[]> {
  const reply = await client.api({ path: '/api/queue/status' });
  return jsonOf<{ queue: { jobs: { id: string }[] } }>(reply).queue.jobs.map(({ id }) => id);
}

beforeAll(async () => {
  for (const name of ['alice', 'bob']) addUserRow(server().dataDir, name, 'user');
  alice = await server().login('alice');
  bob = await server().login('bob');
});

describe('a job', () => {
  it('is there for its owner and for an administrator, and for nobody else', async () => {
    const id = await alice.submit(APPLE);
    for (const client of [alice, server().admin]) {
      expect((await client.job(id)).id).toBe(id);
      expect(await statusJobs(client)).toContain(id);
    }
    const path = `/api/queue/job/${id}`;
    const [foreign, missing] = [
      await bob.api({ path }),
      await bob.api({ path: `/api/queue/job/${randomUUID()}` }),
    ];
    for (const reply of [foreign, missing]) {
      expect(reply.status).toBe(404);
      expect(envelopeOf(reply).code).toBe('JOB_NOT_FOUND');
    }
    expect(await statusJobs(bob)).toEqual([]);
  });

  it('is told with previews to those who may see it, and with no word to others', async () => {
    const [hers, his, overseers] = [
      await server().feed(alice),
      await server().feed(bob),
      await server().feed(server().admin),
    ];
    const id = await alice.submit({ ...APPLE, steps: 40 });
    for (const feed of [hers, overseers]) {
      await feed.until(id, ({ status }) => status === 'completed');
      const previews = feed.of(id).flatMap(({ preview }) => preview ?? []);
      expect(previews.length).toBeGreaterThan(0);
      for (const preview of previews) {
        const [head, data = ''] = preview.split(',');
        expect(head).toBe('data:image/jpeg;base64');
        const { width, height } = await sharp(Buffer.from(data, 'base64')).metadata();
        expect({ width, height }).toEqual({ width: 128, height: 128 });
      }
    }
    expect(hers.of(id).map(({ status }) => status)).toContain('queued');

    const own = await bob.submit({ ...APPLE, steps: 1 });
    await his.until(own, ({ status }) => status === 'completed');
    expect(new Set(his.updates.map(({ job_id }) => job_id))).toEqual(new Set([own]));
  });

  it('is not told to a socket without a good token', async () => {
    for (const token of ['', 'garbage', `${alice.token}x`]) {
      await expect(JobFeed.open(server().url, token)).rejects.toMatchObject({
        data: { code: 'AUTH_REQUIRED' },
      });
    }
  });
});
