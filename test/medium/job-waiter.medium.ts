import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  fingerprintOf,
  IdempotencyService,
  JobWaiter,
  type JobDetails,
  type WaitOptions,
} from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser } from '../support/auth.js';
import { until } from '../support/until.js';
import { ownerOf, Workshop } from '../support/workshop.js';

let server: TestApp;
let shop: Workshop;
let waiter: JobWaiter;
let keys: IdempotencyService;
let ann: string;

beforeAll(async () => {
  server = await createTestApp({ env: { ATELIER_DRAIN_SECONDS: '0', ATELIER_FILES_AT_ONCE: '4' } });
  shop = new Workshop(server.app, 'made-up', 'files');
  waiter = server.app.get(JobWaiter);
  keys = server.app.get(IdempotencyService);
  ann = await addUser(server.app, 'ann', 'user');
});

afterAll(async () => {
  await server.close();
});

interface Client {
  answer: Promise<JobDetails>;
  hangUp: () => void;
}

function client(id: string, options?: WaitOptions): Client {
  const gone = new AbortController();
  const answer = waiter.finished(ownerOf(ann), id, gone.signal, options);
  // Whether it fails is looked at later.
  answer.catch(() => undefined);
  return { answer, hangUp: () => gone.abort() };
}

async function status(id: string): Promise<string> {
  return (await shop.job(ann, id)).status;
}

async function cancelled(id: string): Promise<void> {
  await until('its cancelling', 5000, async () => (await status(id)) === 'cancelled');
}

/** A request under a key that makes a job and waits for it, as a try of a client. */
function keyedClient(key: string, how: 'once' | 'joined'): Client & { job: Promise<string> } {
  const gone = new AbortController();
  const job = Promise.withResolvers<string>();
  const request = { ownerId: ann, key, fingerprint: fingerprintOf(key) };
  const work = async (): Promise<JobDetails> => {
    const id = await shop.submit(ann);
    job.resolve(id);
    return waiter.finished(ownerOf(ann), id, gone.signal);
  };
  const answer =
    how === 'joined'
      ? keys.joined(request, work)
      : keys
          .once(request, async () => ({ status: 200, body: await work() }))
          .then(({ body }) => body as JobDetails);
  answer.catch(() => undefined);
  return { answer, hangUp: () => gone.abort(), job: job.promise };
}

describe('waiting for a job', () => {
  it('gives the job as it ended', async () => {
    const [good, bad] = [await shop.submit(ann), await shop.submit(ann)];
    const clients = [client(good), client(bad)];
    await shop.complete(good);
    await shop.fail(bad, new Error('torn'));
    expect(await clients[0]!.answer).toMatchObject({ id: good, status: 'completed' });
    expect(await clients[1]!.answer).toMatchObject({ id: bad, status: 'failed' });
    expect(await client(good).answer).toMatchObject({ status: 'completed' });
  });

  it('cancels the job of a client that hangs up', async () => {
    const id = await shop.submit(ann);
    const job = await shop.running(id);
    const { answer, hangUp } = client(id);
    await until('somebody who waits', 5000, async () => (await status(id)) === 'processing');
    hangUp();
    await expect(answer).rejects.toMatchObject({ code: 'CLIENT_GONE' });
    await cancelled(id);
    expect(job.signal.aborted).toBe(true);
  });

  it('cancels the job of a client that had hung up before', async () => {
    const id = await shop.submit(ann);
    const { answer, hangUp } = client(id);
    hangUp();
    await expect(answer).rejects.toMatchObject({ code: 'CLIENT_GONE' });
    await cancelled(id);
  });

  it('goes on while one of several clients is there', async () => {
    const id = await shop.submit(ann);
    const [first, second, third] = [client(id), client(id), client(id)];
    for (const one of [first, second]) {
      one.hangUp();
      await expect(one.answer).rejects.toMatchObject({ code: 'CLIENT_GONE' });
    }
    expect(await status(id)).not.toBe('cancelled');
    await shop.complete(id);
    expect(await third.answer).toMatchObject({ status: 'completed' });
    const other = await shop.submit(ann);
    const both = [client(other), client(other)];
    for (const one of both) one.hangUp();
    await cancelled(other);
  });

  it('leaves the job alone for a grace, in which another can join', async () => {
    const id = await shop.submit(ann);
    const first = client(id, { graceMs: 60_000 });
    first.hangUp();
    await expect(first.answer).rejects.toMatchObject({ code: 'CLIENT_GONE' });
    const second = client(id, { graceMs: 60_000 });
    await shop.complete(id);
    expect(await second.answer).toMatchObject({ status: 'completed' });
  });

  it('cancels the job when nobody joined in the grace', async () => {
    const id = await shop.submit(ann);
    const { answer, hangUp } = client(id, { graceMs: 50 });
    hangUp();
    await expect(answer).rejects.toMatchObject({ code: 'CLIENT_GONE' });
    await cancelled(id);
  });

  it('should not be for the job of another user', async () => {
    const id = await shop.submit(ann);
    const { signal } = new AbortController();
    await expect(waiter.finished(ownerOf('bert'), id, signal)).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
    await shop.complete(id);
  });
});

describe.each(['once', 'joined'] as const)('a keyed request that is answered %s', (how) => {
  it('finds its job alive when it comes again', async () => {
    const first = keyedClient(`again-${how}`, how);
    const id = await first.job;
    await shop.running(id);
    first.hangUp();
    await expect(first.answer).rejects.toMatchObject({ code: 'CLIENT_GONE' });
    const second = keyedClient(`again-${how}`, how);
    expect(await second.job).toBe(id);
    await shop.complete(id);
    expect(await second.answer).toMatchObject({ id, status: 'completed' });
  });

  it('has its answer although the client of an earlier try goes while both wait', async () => {
    const first = keyedClient(`both-${how}`, how);
    const id = await first.job;
    await shop.running(id);
    const second = keyedClient(`both-${how}`, how);
    first.hangUp();
    await expect(first.answer).rejects.toMatchObject({ code: 'CLIENT_GONE' });
    await shop.complete(id);
    expect(await second.answer).toMatchObject({ id, status: 'completed' });
  });

  it('makes one job when it comes many times at once', async () => {
    const begun = shop.begun.length;
    const clients = Array.from({ length: 5 }, () => keyedClient(`many-${how}`, how));
    const id = await clients[0]!.job;
    await shop.complete(id);
    const answers = await Promise.all(clients.map(({ answer }) => answer));
    expect(new Set(answers.map((answer) => answer.id))).toEqual(new Set([id]));
    expect(shop.begun.length).toBe(begun + 1);
  });

  it('is refused with another content', async () => {
    const first = keyedClient(`changed-${how}`, how);
    const id = await first.job;
    const request = { ownerId: ann, key: `changed-${how}`, fingerprint: 'other' };
    await expect(keys.joined(request, () => shop.submit(ann))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    await shop.complete(id);
    await first.answer;
  });
});
