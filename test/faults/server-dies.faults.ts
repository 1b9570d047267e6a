import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JobUpdate } from '../../src/events/index.js';
import { SLOW_APPLE } from '../support/client.js';
import { countJobs } from '../support/database.js';
import type { JobFeed } from '../support/job-feed.js';
import { isAlive } from '../support/processes.js';
import { sharedServer, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** Milliseconds that an engine may outlive its server. */
const ORPHAN_LIMIT = 3000;

const BEHIND = [
  { ...SLOW_APPLE, seed: 7, steps: 1 },
  { ...SLOW_APPLE, seed: 8, steps: 1 },
];

interface Moment {
  name: string;
  /** Settles when the server is to be killed. */
  wait(feed: JobFeed, id: string): Promise<unknown>;
}

function atPhase(phase: JobUpdate['phase']): Moment {
  return {
    name: `while ${phase}`,
    wait: (feed, id) => feed.until(id, (update) => update.phase === phase),
  };
}

function afterStart(ms: number): Moment {
  return {
    name: `${ms} ms after it began`,
    wait: async (feed, id) => {
      await feed.until(id, ({ status }) => status === 'processing');
      await pause(ms);
    },
  };
}

async function gone(pid: number): Promise<void> {
  await until(`the end of engine ${pid}`, ORPHAN_LIMIT, async () => !(await isAlive(pid)));
}

async function partialFiles(server: TestServer): Promise<string[]> {
  const names = await readdir(server.dataDir, { recursive: true });
  return names.filter((name) => name.endsWith('.part'));
}

describe('a server that is killed', () => {
  const server = sharedServer();
  let inPeace: Buffer;
  let behind: Buffer[];

  beforeAll(async () => {
    const { admin } = server();
    inPeace = await admin.draw(SLOW_APPLE);
    behind = await Promise.all(BEHIND.map((picture) => admin.draw(picture)));
  });

  it.for<Moment>([
    { name: 'as soon as it has accepted it', wait: () => Promise.resolve() },
    atPhase('loading'),
    atPhase('sampling'),
    atPhase('saving'),
    afterStart(150),
    afterStart(450),
    afterStart(900),
  ])('completes its job once after the restart: $name', async ({ wait }) => {
    const { admin } = server();
    const accepted = countJobs(server().dataDir);
    const engine = await server().enginePid();
    const feed = await server().feed();

    const id = await admin.submit(SLOW_APPLE);
    const others: string[] = [];
    for (const picture of BEHIND) others.push(await admin.submit(picture));
    await wait(feed, id);
    await server().stop('SIGKILL');
    await gone(engine);
    await server().boot();

    const job = await admin.waitForJob(id);
    expect(job.status).toBe('completed');
    expect(job.attempts).toBeOneOf([1, 2]);
    expect(job.outputs.map(({ filename }) => filename)).toEqual(['image_0.png']);
    expect(await server().outputsOf(id)).toEqual(['image_0.png']);
    expect((await admin.output(id)).equals(inPeace)).toBe(true);
    for (const [index, other] of others.entries()) {
      expect((await admin.waitForJob(other)).status).toBe('completed');
      expect((await admin.output(other)).equals(behind[index]!)).toBe(true);
    }
    expect(countJobs(server().dataDir)).toBe(accepted + 1 + BEHIND.length);
    expect(await partialFiles(server())).toEqual([]);
  });

  it('completes a job under which it is killed again and again', async () => {
    const { admin } = server();
    const id = await admin.submit({ ...SLOW_APPLE, steps: 150 });
    const next = await admin.submit(BEHIND[0]!);
    for (const attempt of [1, 2, 3]) {
      await until(`attempt ${attempt}`, 60_000, async () => {
        const job = await admin.job(id);
        return job.attempts === attempt && job.current_step >= 1;
      });
      await server().stop('SIGKILL');
      await server().boot();
    }
    // From the third time on it lets others go before it.
    expect(await admin.waitForJob(next)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(await admin.waitForJob(id)).toMatchObject({
      status: 'completed',
      attempts: 4,
      error: null,
    });
    expect(await server().outputsOf(id)).toEqual(['image_0.png']);
  });
});

describe('a server that is told to stop', () => {
  it('lets its job finish within the drain time', async () => {
    const server = await startServer({ env: { ATELIER_DRAIN_SECONDS: '60' } });
    const { admin } = server;
    const feed = await server.feed();
    const [id, next] = [await admin.submit(SLOW_APPLE), await admin.submit(BEHIND[0]!)];
    await feed.untilStep(id, 2);
    const engine = await server.enginePid();
    expect(await server.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await isAlive(engine)).toBe(false);
    await server.boot();
    expect(await admin.job(id)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(await server.outputsOf(id)).toEqual(['image_0.png']);
    expect(await admin.waitForJob(next)).toMatchObject({ status: 'completed', attempts: 1 });
  });

  it('puts its job back after the drain time, as if it had never begun', async ({ annotate }) => {
    const server = await startServer({ env: { ATELIER_DRAIN_SECONDS: '0' } });
    const { admin } = server;
    const inPeace = await admin.draw(SLOW_APPLE);
    const feed = await server.feed();
    const id = await admin.submit(SLOW_APPLE);
    await feed.untilStep(id, 2);
    const engine = await server.enginePid();
    const told = performance.now();
    expect(await server.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    const tookMs = performance.now() - told;
    await annotate(`stopped after ${Math.round(tookMs)} ms`);
    expect(tookMs).toBeLessThan(5000);
    expect(await isAlive(engine)).toBe(false);
    expect(await server.outputsOf(id)).toBeUndefined();
    await server.boot();
    expect(await admin.waitForJob(id)).toMatchObject({ status: 'completed', attempts: 1 });
    expect((await admin.output(id)).equals(inPeace)).toBe(true);
  });
});
