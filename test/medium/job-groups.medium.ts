import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  fingerprintOf,
  HistoryService,
  IdempotencyService,
  QueueService,
  type NewJob,
} from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser } from '../support/auth.js';
import { ownerOf, Workshop } from '../support/workshop.js';

let server: TestApp;
let workshop: Workshop;
let anna: string;

beforeEach(async () => {
  server = await createTestApp({ env: { ATELIER_JOBS_PER_USER: '3' } });
  workshop = new Workshop(server.app, 'knot');
  anna = await addUser(server.app, 'anna', 'user');
});

afterEach(() => server.close());

function knots(count: number): NewJob[] {
  const names = Array.from({ length: count }, (_, index) => `knot ${index + 1}`);
  return names.map((title) => ({ kind: 'knot', title, request: {}, cost: 1 }));
}

function submit(count: number): Promise<string[]> {
  return server.app.get(QueueService).submitAll(ownerOf(anna), knots(count));
}

async function titles(): Promise<string[]> {
  const list = { limit: 10, sort: 'asc' } as const;
  const { jobs } = await server.app.get(HistoryService).list(ownerOf(anna), list);
  return jobs.map(({ prompt }) => prompt);
}

describe('jobs that are submitted together', () => {
  it('are done in their order', async () => {
    const ids = await submit(3);
    for (const id of ids) await workshop.complete(id);
    expect(workshop.begun).toEqual(ids);
    expect(await titles()).toEqual(['knot 1', 'knot 2', 'knot 3']);
  });

  it('are all refused where there is no room for one', async () => {
    await expect(submit(4)).rejects.toMatchObject({ code: 'TOO_MANY_JOBS' });
    expect(await titles()).toEqual([]);
    const unfit = [...knots(1), { ...knots(1)[0]!, label: 'x'.repeat(256) }];
    const queue = server.app.get(QueueService);
    await expect(queue.submitAll(ownerOf(anna), unfit)).rejects.toThrow(/at most 255/);
    expect(await titles()).toEqual([]);
  });

  it('are made once by all tries of a request under a key', async () => {
    const idempotency = server.app.get(IdempotencyService);
    const keyed = { ownerId: anna, key: 'knots', fingerprint: fingerprintOf('knots') };
    const attempt = () =>
      idempotency.joined(keyed, async () => [...(await submit(2)), ...(await submit(1))]);
    const [one, other] = await Promise.all([attempt(), attempt()]);
    expect(other).toEqual(one);
    expect(await attempt()).toEqual(one);
    expect(await titles()).toEqual(['knot 1', 'knot 2', 'knot 1']);
  });
});
