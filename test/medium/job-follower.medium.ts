import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Audience, type JobUpdate } from '../../src/events/index.js';
import { JobFollower } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser } from '../support/auth.js';
import { ownerOf, Workshop } from '../support/workshop.js';

let server: TestApp;
let shop: Workshop;
let follower: JobFollower;
let ann: string;

beforeAll(async () => {
  server = await createTestApp();
  shop = new Workshop(server.app, 'made-up');
  follower = server.app.get(JobFollower);
  ann = await addUser(server.app, 'ann', 'user');
});

afterAll(async () => {
  await server.close();
});

async function all(updates: AsyncIterable<JobUpdate>): Promise<string[]> {
  const told: string[] = [];
  for await (const { status, current_step: step } of updates) told.push(`${status} ${step}`);
  return told;
}

describe('who follows a job', () => {
  it('hears of it from where it is to its end', async () => {
    const id = await shop.submit(ann);
    const job = await shop.running(id);
    const told = all(follower.follow(ownerOf(ann), id));
    // The first word is how the job is now: what comes after it is heard.
    await Promise.resolve();
    job.report({ phase: 'sampling', step: 1, totalSteps: 2 });
    job.report({ step: 2 });
    await shop.complete(id);
    expect((await told).at(-1)).toBe('completed 2');
    expect(await told).toContain('processing 1');
  });

  it('hears the end alone of a job that has ended', async () => {
    const id = await shop.submit(ann);
    await shop.running(id);
    await shop.complete(id);
    await all(follower.follow(ownerOf(ann), id));
    expect(await all(follower.follow(ownerOf(ann), id))).toEqual(['completed 0']);
  });

  it('hears of nothing but their own', async () => {
    const id = await shop.submit(ann);
    await expect(all(follower.follow(ownerOf('somebody'), id))).rejects.toMatchObject({
      status: 404,
    });
    await shop.complete(id);
  });

  it('may go, and the job goes on', async () => {
    const id = await shop.submit(ann);
    await shop.running(id);
    const gone = new AbortController();
    const told = all(follower.follow(ownerOf(ann), id, { signal: gone.signal, previews: true }));
    await Promise.resolve();
    expect(server.app.get(Audience).isWatched(ann)).toBe(true);
    gone.abort();
    await told;
    expect(server.app.get(Audience).isWatched(ann)).toBe(false);
    expect((await shop.job(ann, id)).status).toBe('processing');
    await shop.complete(id);
  });
});
