import { describe, expect, it } from 'vitest';
import { APPLE, ENDLESS_APPLE, jsonOf, SLOW_APPLE, type HttpReply } from '../support/client.js';
import { addUserRow } from '../support/database.js';
import { envelopeOf } from '../support/envelope.js';
import { residentBytes } from '../support/processes.js';
import { sharedServer, startServer } from '../support/server.js';

const RUNS = 50;

const SMALL = { ...SLOW_APPLE, steps: 150 };

/** How much the engine's memory may grow between the first ten cancelled runs and the last. */
const GROWTH_LIMIT = 1.15;

const MIB = 1024 * 1024;

function expectCancelled(reply: HttpReply, id: string): void {
  expect(reply.status).toBe(200);
  expect(jsonOf(reply)).toEqual({
    status: 'success',
    message: 'Job cancelled successfully',
    job_id: id,
  });
}

const server = sharedServer();

describe('a job that is cancelled', () => {
  it('ends within a step, leaves no file, and the next one starts', async ({ annotate }) => {
    const { admin } = server();
    await admin.draw(APPLE);
    const feed = await server().feed();
    const id = await admin.submit(ENDLESS_APPLE);
    const next = await admin.submit(APPLE);
    await feed.untilStep(id, 2);
    const begun = performance.now();
    await feed.untilStep(id, 6);
    const stepMs = (performance.now() - begun) / 4;

    const asked = performance.now();
    expectCancelled(await admin.cancel(id), id);
    const tookMs = performance.now() - asked;
    await annotate(`a step: ${Math.round(stepMs)} ms, the cancel: ${Math.round(tookMs)} ms`);
    expect(tookMs).toBeLessThan(3 * stepMs + 200);

    const job = await admin.job(id);
    expect(job).toMatchObject({ status: 'cancelled', attempts: 1, error: null, outputs: [] });
    expect(await server().outputsOf(id)).toBeUndefined();
    await feed.until(id, ({ status }) => status === 'cancelled');
    expect(await admin.waitForJob(next)).toMatchObject({ status: 'completed' });
    expect(feed.of(id).map(({ status }) => status)).not.toContain('completed');
  });

  it('never starts when it was still waiting', async () => {
    const { admin } = server();
    const feed = await server().feed();
    const [first, second, third] = [
      await admin.submit(SLOW_APPLE),
      await admin.submit(SLOW_APPLE),
      await admin.submit({ ...SLOW_APPLE, steps: 1 }),
    ];
    expect((await admin.job(third)).position).toBe(2);
    expectCancelled(await admin.cancel(second), second);
    expect((await admin.job(third)).position).toBe(1);
    for (const id of [first, third]) {
      expect((await admin.waitForJob(id)).status).toBe('completed');
    }
    expect(await admin.job(second)).toMatchObject({ status: 'cancelled', attempts: 0 });
    expect(feed.of(second).map(({ status }) => status)).not.toContain('processing');
    expect(await server().outputsOf(second)).toBeUndefined();
  });

  it('cannot be cancelled again, and no more can one that is complete', async () => {
    const { admin } = server();
    const running = await admin.submit(ENDLESS_APPLE);
    expectCancelled(await admin.cancel(running), running);
    const done = await admin.submit({ ...APPLE, steps: 1 });
    await admin.waitForJob(done);
    for (const id of [running, done]) {
      const reply = await admin.cancel(id);
      expect(reply.status).toBe(409);
      expect(envelopeOf(reply)).toMatchObject({
        code: 'JOB_FINISHED',
        message: expect.stringContaining(id) as string,
      });
    }
  });

  it('is the own one: to others it does not exist, save to an administrator', async () => {
    for (const name of ['carol', 'dave']) addUserRow(server().dataDir, name, 'user');
    const [carol, dave] = [await server().login('carol'), await server().login('dave')];
    const id = await carol.submit(ENDLESS_APPLE);
    const refused = await dave.cancel(id);
    expect(refused.status).toBe(404);
    expect(envelopeOf(refused).code).toBe('JOB_NOT_FOUND');
    expect((await carol.job(id)).status).not.toBe('cancelled');
    expectCancelled(await server().admin.cancel(id), id);
    expect((await carol.job(id)).status).toBe('cancelled');
  });
});

describe('fifty cancelled jobs', () => {
  it('leave the engine the same process, in as much memory as before', async ({ annotate }) => {
    const fresh = await startServer();
    const { admin } = fresh;
    const before = await admin.draw(APPLE);
    const feed = await fresh.feed();
    const engine = await fresh.enginePid();
    const sizes: number[] = [];
    for (let run = 1; run <= RUNS; run += 1) {
      const id = await admin.submit(SMALL);
      await feed.untilStep(id, 1);
      expectCancelled(await admin.cancel(id), id);
      sizes.push(await residentBytes(engine));
    }
    const [early = 0, late = 0] = [sizes[9], sizes.at(-1)];
    const inMib = sizes.filter((_, run) => run % 10 === 9).map((size) => Math.round(size / MIB));
    await annotate(`MiB after every ten: ${inMib.join(', ')}`);
    expect(early).toBeGreaterThan(0);
    expect(late / early).toBeLessThan(GROWTH_LIMIT);
    expect(await fresh.enginePid()).toBe(engine);
    expect((await admin.draw(APPLE)).equals(before)).toBe(true);
  });
});
