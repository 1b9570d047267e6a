import { afterEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { EventBus, type QueueUpdate } from '../../src/events/index.js';
import { QueueService, type NewJob } from '../../src/queue/index.js';
import { ROLE_PERMISSIONS, type Principal } from '../../src/auth/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf } from '../support/auth.js';
import { temporaryFolder } from '../support/folder.js';
import { cancel, jobEnd, jobOf, jobWhen, submit, submitted } from '../support/jobs.js';
import { until } from '../support/until.js';

const closings: Array<() => Promise<void> | void> = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

interface House {
  server: TestApp;
  engine: FakeEngine;
  open: () => void;
  tokens: { admin: string; anna: string; bert: string };
  /** Submits a job that costs what is said, without a request. */
  add(user: 'anna' | 'bert', title: string, cost: number): Promise<string>;
}

/** A server whose engine is busy with a first job until `open()`. */
async function busy(env: Record<string, string> = {}, dataDir?: string): Promise<House> {
  const { engine, open } = FakeEngine.blocking();
  const settings = { ATELIER_DRAIN_SECONDS: '0', ...env };
  const server = await createTestApp({ engine, dataDir, env: settings });
  closings.push(() => server.close(), open);
  const { app } = server;
  const ids = {
    anna: await addUser(app, 'anna', 'user'),
    bert: await addUser(app, 'bert', 'user'),
  };
  const tokens = {
    admin: await tokenOf(app),
    anna: await tokenOf(app, 'anna'),
    bert: await tokenOf(app, 'bert'),
  };
  const first = await submitted(app, tokens.admin, { prompt: 'opening', steps: 1 });
  await jobWhen(app, tokens.admin, first, ({ status }) => status === 'processing');
  const queue = app.get(QueueService);
  const { parameters } = await jobOf(app, tokens.admin, first);
  const add = (user: 'anna' | 'bert', title: string, cost: number): Promise<string> => {
    const request = parameters as { options: object };
    const job: NewJob = {
      kind: 'text2img',
      title,
      cost,
      request: { ...request, options: { ...request.options, prompt: title } },
    };
    return queue.submit(
      { userId: ids[user], permissions: ROLE_PERMISSIONS.user } as Principal,
      job,
    );
  };
  return { server, engine, open, tokens, add };
}

function prompts({ engine }: House): string[] {
  return engine.requests.map(({ prompt }) => prompt);
}

describe('a fair queue', () => {
  it('takes turns by cost, and shows the very places in which it works', async () => {
    const house = await busy();
    const { server, tokens, open, add } = house;
    const ids: string[] = [];
    for (const title of ['a1', 'a2', 'a3']) ids.push(await add('anna', title, 10));
    for (const title of ['b1', 'b2', 'b3', 'b4']) ids.push(await add('bert', title, 5));
    const places = await Promise.all(
      ids.map(async (id) => (await jobOf(server.app, tokens.admin, id)).position!),
    );
    const { body } = await send(server.app, 'GET', '/api/queue/status', bearer(tokens.admin));
    const { jobs } = body['queue'] as { jobs: { prompt: string; position: number | null }[] };
    open();
    for (const id of ids) await jobEnd(server.app, tokens.admin, id);
    const titles = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'b4'];
    const shown = titles.toSorted(
      (a, b) => places[titles.indexOf(a)]! - places[titles.indexOf(b)]!,
    );
    expect(prompts(house).slice(1)).toEqual(['a1', 'b1', 'b2', 'a2', 'b3', 'b4', 'a3']);
    expect(shown).toEqual(prompts(house).slice(1));
    expect(jobs.slice(1).map(({ prompt }) => prompt)).toEqual(shown);
    expect(jobs.slice(1).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('gives the turns of cancelled jobs back', async () => {
    const house = await busy();
    const { server, tokens, open, add } = house;
    const large = await add('anna', 'large', 1000);
    const small = await add('anna', 'small', 1);
    const b1 = await add('bert', 'b1', 10);
    const b2 = await add('bert', 'b2', 10);
    expect((await jobOf(server.app, tokens.anna, small)).position).toBe(4);
    expect((await cancel(server.app, tokens.anna, large)).status).toBe(200);
    expect((await jobOf(server.app, tokens.anna, small)).position).toBe(1);
    const later = await add('anna', 'later', 1);
    open();
    for (const id of [small, b1, b2, later]) await jobEnd(server.app, tokens.admin, id);
    expect(prompts(house).slice(1)).toEqual(['small', 'b1', 'later', 'b2']);
  });

  it('is as it was after a new start', async () => {
    const folder = await temporaryFolder();
    closings.push(() => folder.remove());
    const { server, tokens, add } = await busy({}, folder.path);
    const ids = [await add('anna', 'a1', 10), await add('anna', 'a2', 10)];
    ids.push(await add('bert', 'b1', 10));
    const running = await submitted(server.app, tokens.admin);
    await server.close();
    const { engine, open } = FakeEngine.blocking();
    const settings = { ATELIER_DRAIN_SECONDS: '0' };
    const again = await createTestApp({ engine, dataDir: folder.path, env: settings });
    closings.push(() => again.close(), open);
    const token = await tokenOf(again.app);
    await until('the first job', 5000, async () => {
      const { body } = await send(again.app, 'GET', '/api/queue/status', bearer(token));
      return (body['queue'] as { active_generations: number }).active_generations === 1;
    });
    const places = await Promise.all(
      [...ids, running].map(async (id) => (await jobOf(again.app, token, id)).position),
    );
    expect(places).toEqual([1, 4, 2, 3]);
  });
});

describe('a queue in the order of arrival', () => {
  it('is what the name says', async () => {
    const house = await busy({ ATELIER_QUEUE_POLICY: 'fifo' });
    const { server, tokens, open, add } = house;
    const ids = [await add('anna', 'a1', 100), await add('anna', 'a2', 100)];
    ids.push(await add('bert', 'b1', 1));
    expect((await jobOf(server.app, tokens.bert, ids[2]!)).position).toBe(3);
    open();
    for (const id of ids) await jobEnd(server.app, tokens.admin, id);
    expect(prompts(house).slice(1)).toEqual(['a1', 'a2', 'b1']);
  });
});

describe('a full queue', () => {
  it('refuses with 503 and says when to come back', async () => {
    const { server, tokens } = await busy({ ATELIER_QUEUE_LIMIT: '2' });
    await submitted(server.app, tokens.anna);
    const waiting = await submitted(server.app, tokens.bert);
    const reply = await submit(server.app, tokens.bert);
    expect(errorOf(reply)).toMatchObject({ code: 'QUEUE_FULL', status_code: 503 });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect((await cancel(server.app, tokens.bert, waiting)).status).toBe(200);
    expect((await submit(server.app, tokens.bert)).status).toBe(202);
  });

  it('is never fuller than full, however many come at once', async () => {
    const { server, tokens } = await busy({ ATELIER_QUEUE_LIMIT: '5' });
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => submit(server.app, tokens.anna)),
    );
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(5);
    expect(replies.filter(({ status }) => status === 503)).toHaveLength(15);
  });

  it('has no room for more of one user than one may have, but for others', async () => {
    const { server, tokens } = await busy({ ATELIER_JOBS_PER_USER: '2' });
    await submitted(server.app, tokens.anna);
    await submitted(server.app, tokens.anna);
    const reply = await submit(server.app, tokens.anna);
    expect(errorOf(reply)).toMatchObject({ code: 'TOO_MANY_JOBS', status_code: 429 });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect((await submit(server.app, tokens.bert)).status).toBe(202);
  });
});

describe('clearing the queue', () => {
  it('cancels what one has waiting, and nothing else', async () => {
    const { server, tokens } = await busy();
    const mine = [
      await submitted(server.app, tokens.anna),
      await submitted(server.app, tokens.anna),
    ];
    const theirs = await submitted(server.app, tokens.bert);
    const reply = await send(server.app, 'POST', '/api/queue/clear', bearer(tokens.anna));
    expect(reply).toMatchObject({
      status: 200,
      body: { status: 'success', message: 'Queue cleared successfully', cleared: 2 },
    });
    for (const id of mine) {
      expect((await jobOf(server.app, tokens.anna, id)).status).toBe('cancelled');
    }
    expect(await jobOf(server.app, tokens.bert, theirs)).toMatchObject({
      status: 'queued',
      position: 1,
    });
  });

  it('should not cancel the jobs of another user', async () => {
    const { server, tokens } = await busy();
    const theirs = await submitted(server.app, tokens.bert);
    for (const [url, body] of [
      ['/api/queue/clear?all=true', {}],
      ['/api/queue/clear', { all: true }],
    ] as const) {
      const reply = await send(server.app, 'POST', url, bearer(tokens.anna), body);
      expect(errorOf(reply)).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS', status_code: 403 });
    }
    expect((await jobOf(server.app, tokens.bert, theirs)).status).toBe('queued');
  });

  it.each([
    ['/api/queue/clear?all=true', undefined],
    ['/api/queue/clear', { all: true }],
  ])('of everybody is for an administrator: %s', async (url, body) => {
    const { server, tokens } = await busy();
    const ids = [
      await submitted(server.app, tokens.anna),
      await submitted(server.app, tokens.bert),
    ];
    const reply = await send(server.app, 'POST', url, bearer(tokens.admin), body);
    expect(reply.body).toMatchObject({ cleared: 2 });
    for (const id of ids) {
      expect((await jobOf(server.app, tokens.admin, id)).status).toBe('cancelled');
    }
  });
});

describe('the status of the queue', () => {
  it('shows of others only that they are there', async () => {
    const { server, tokens } = await busy();
    await submitted(server.app, tokens.anna, { prompt: 'secret' });
    const own = await submitted(server.app, tokens.bert, { prompt: 'own' });
    const { body } = await send(server.app, 'GET', '/api/queue/status', bearer(tokens.bert));
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(body['queue']).toMatchObject({
      size: 2,
      active_generations: 1,
      running: true,
      others: { queued: 1, processing: 1 },
      jobs: [{ id: own, prompt: 'own', position: 2 }],
    });
  });
});

describe('news of the queue', () => {
  it('tell how full it is, a few times a second at most', async () => {
    const { server, tokens, open } = await busy();
    const news: { at: number; update: QueueUpdate }[] = [];
    const stop = server.app
      .get(EventBus)
      .on('queue.changed', (update) => news.push({ at: performance.now(), update }));
    closings.push(stop);
    const ids = await Promise.all(
      Array.from({ length: 10 }, () => submitted(server.app, tokens.anna)),
    );
    await until('the news of ten', 5000, () => news.some(({ update }) => update.size === 10));
    open();
    for (const id of ids) await jobEnd(server.app, tokens.anna, id);
    const last = { size: 0, active_generations: 0, running: true };
    await until(
      'the news of none',
      5000,
      () => news.at(-1)?.update.size === 0 && news.at(-1)?.update.active_generations === 0,
    );
    expect(news.at(-1)?.update).toEqual(last);
    const gaps = news.slice(1).map(({ at }, index) => at - news[index]!.at);
    expect(Math.min(...gaps)).toBeGreaterThan(150);
  });
});
