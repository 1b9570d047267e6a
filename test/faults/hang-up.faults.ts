import { randomUUID } from 'node:crypto';
import { request, type ClientRequest } from 'node:http';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { APPLE } from '../support/client.js';
import { countJobs } from '../support/database.js';
import type { JobFeed } from '../support/job-feed.js';
import { sharedServer } from '../support/server.js';
import { until } from '../support/until.js';
import { OTHER_WAITING, RECIPE, WAYS } from '../support/ways.js';

const PICTURE = { ...RECIPE, width: 192, height: 192, sampling_method: 'euler' };

/** Longer than any test waits. */
const LONG = { ...PICTURE, steps: 100 };

/** How long a job outlives a client that may come again, in milliseconds. */
const GRACE_MS = 10_000;

const server = sharedServer();

interface Sent {
  path: string;
  headers?: Record<string, string>;
  body: object;
}

/** A request on a connection that the test can tear; nobody reads its answer. */
function dial({ path, headers = {}, body }: Sent): ClientRequest {
  const { admin, url } = server();
  const { hostname, port } = new URL(url);
  const sent = request({ agent: false, hostname, port, path, method: 'POST' });
  sent.on('error', () => undefined);
  const all = { ...headers, authorization: `Bearer ${admin.token}` };
  for (const [name, value] of Object.entries(all)) sent.setHeader(name, value);
  sent.setHeader('content-type', 'application/json');
  sent.end(JSON.stringify(body));
  return sent;
}

function shown(figures: Record<string, number>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name}: ${Math.round(value)}`)
    .join(', ');
}

function stepOf(feed: JobFeed, id: string): number {
  return Math.max(0, ...feed.of(id).map(({ current_step: step }) => step));
}

/** The job that somebody's request has begun. */
async function jobOf(feed: JobFeed): Promise<string> {
  const { job_id: id } = await until('the job of the request', 30_000, () =>
    feed.updates.find(({ status }) => status === 'processing'),
  );
  return id;
}

describe('a client that has announced no other try and hangs up', () => {
  it.for([...WAYS, ...OTHER_WAITING])(
    'frees the engine within a step: $name',
    async (way, { annotate }) => {
      const { admin } = server();
      const feed = await server().feed();
      const client = dial({ path: way.path, body: await way.body(LONG) });
      const id = await jobOf(feed);
      const next = await admin.submit(APPLE);
      await feed.untilStep(id, 2);
      const begun = performance.now();
      await feed.untilStep(id, 6);
      const reached = stepOf(feed, id);
      const hungUp = performance.now();
      const stepMs = (hungUp - begun) / (reached - 2);
      client.destroy();
      await feed.until(id, ({ status }) => status === 'cancelled');
      await feed.until(next, ({ status }) => status === 'processing');
      const freedMs = performance.now() - hungUp;
      const stepsAfter = stepOf(feed, id) - reached;
      await annotate(shown({ stepMs, freedMs, stepsAfter }));

      expect(stepsAfter).toBeLessThanOrEqual(1);
      expect(freedMs).toBeLessThan(3 * stepMs + 200);
      expect(await admin.job(id)).toMatchObject({ status: 'cancelled', attempts: 1, outputs: [] });
      expect((await admin.waitForJob(next)).status).toBe('completed');
    },
  );
});

describe('a client that may come again', () => {
  const announcements = [
    ...WAYS.map((way) => ({ way, header: 'idempotency-key', first: randomUUID(), again: '' })),
    ...WAYS.map((way) => ({ way, header: 'x-stainless-retry-count', first: '0', again: '1' })),
  ];

  it.each(announcements)(
    'gets the one picture when it does: $way.name, $header',
    async ({ way, header, first, again }) => {
      const { admin, dataDir } = server();
      const feed = await server().feed();
      const [path, body] = [way.path, await way.body({ ...PICTURE, steps: 20 })];
      const client = dial({ path, body, headers: { [header]: first } });
      const id = await jobOf(feed);
      await feed.untilStep(id, 2);
      const before = countJobs(dataDir);
      client.destroy();
      await feed.untilStep(id, stepOf(feed, id) + 3);
      const reply = await admin.api({ path, body, headers: { [header]: again || first } });
      expect(reply.status).toBe(200);
      const { width, height } = await sharp(way.pictureIn(reply)).metadata();
      expect([width, height]).toEqual([PICTURE.width, PICTURE.height]);
      expect(await admin.job(id)).toMatchObject({ status: 'completed', attempts: 1 });
      expect(countJobs(dataDir)).toBe(before);
    },
  );

  it.for(WAYS.slice(0, 1))('has ten seconds to come: $name', async (way, { annotate }) => {
    const { admin } = server();
    const feed = await server().feed();
    const endless = { ...LONG, width: 256, height: 256, steps: 150 };
    const client = dial({
      path: way.path,
      headers: { 'idempotency-key': randomUUID() },
      body: await way.body(endless),
    });
    const id = await jobOf(feed);
    await feed.untilStep(id, 2);
    const hungUp = performance.now();
    client.destroy();
    await feed.until(id, ({ status }) => status === 'cancelled');
    const graceMs = performance.now() - hungUp;
    await annotate(shown({ graceMs }));
    expect(graceMs).toBeGreaterThan(GRACE_MS - 100);
    expect(graceMs).toBeLessThan(GRACE_MS + 2000);
    expect(await admin.job(id)).toMatchObject({ status: 'cancelled', outputs: [] });
  });
});
