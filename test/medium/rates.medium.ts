import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, send, tokenOf } from '../support/auth.js';
import { until } from '../support/until.js';
import { Workshop } from '../support/workshop.js';

interface Rates {
  step: number;
  points: Array<{
    time: number;
    completed: number;
    failed: number;
    cancelled: number;
    waiting: number;
    running: number;
  }>;
  kinds: object[];
}

let server: TestApp;
let shop: Workshop;
let anna: string;
let admin: string;

beforeAll(async () => {
  server = await createTestApp();
  shop = new Workshop(server.app, 'write', 'text');
  anna = await addUser(server.app, 'anna', 'user');
  admin = await tokenOf(server.app);
});
afterAll(() => server.close());

async function rates(span: string, token = admin): Promise<Rates> {
  const { status, body } = await send(
    server.app,
    'GET',
    `/api/system/rates?span=${span}`,
    bearer(token),
  );
  expect(status).toBe(200);
  return body as unknown as Rates;
}

/** Moves a job that has ended into the past, and says how long it was worked on. */
async function backdate(id: string, minutes: number, seconds: number): Promise<void> {
  const end = Date.now() - minutes * 60_000;
  const begin = end - seconds * 1000;
  await server.app
    .get(DataSource)
    .query('UPDATE "jobs" SET "createdAt" = ?, "startedAt" = ?, "finishedAt" = ? WHERE "id" = ?', [
      begin - 1000,
      begin,
      end,
      id,
    ]);
}

async function ended(id: string, error?: Error): Promise<void> {
  if (error) await shop.fail(id, error);
  else await shop.complete(id);
  await until('its end', 10_000, async () => (await shop.job(anna, id)).end_time !== null);
}

describe('the rates of the queue', () => {
  it('are those of the jobs: what ended when, how long it took, and what waits and runs', async () => {
    const old = await shop.submit(anna);
    await ended(old);
    await backdate(old, 10, 4);
    const older = await shop.submit(anna);
    await ended(older, new Error('no'));
    await backdate(older, 180, 2);
    const [running, second, waiting] = [
      await shop.submit(anna),
      await shop.submit(anna),
      await shop.submit(anna),
    ];
    await shop.running(running);
    await shop.running(second);

    const hour = await rates('hour');
    expect(hour.step).toBe(60);
    expect(hour.points).toHaveLength(60);
    const at = Math.floor((Date.now() - 10 * 60_000) / 60_000) * 60;
    expect(hour.points.filter(({ completed }) => completed > 0)).toEqual([
      { time: at, completed: 1, failed: 0, cancelled: 0, waiting: 0, running: 0 },
    ]);
    expect(hour.points.at(-1)).toMatchObject({ waiting: 1, running: 2 });
    expect(hour.kinds).toEqual([
      { kind: 'write', completed: 1, failed: 0, cancelled: 0, mean_time: 4000 },
    ]);

    const day = await rates('day');
    expect(day.step).toBe(900);
    expect(day.points).toHaveLength(96);
    expect(day.points.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
    expect(day.kinds).toEqual([
      { kind: 'write', completed: 1, failed: 1, cancelled: 0, mean_time: 4000 },
    ]);
    await send(server.app, 'POST', '/api/queue/clear', bearer(admin), { all: true });
    expect((await rates('hour')).points.at(-1)).toMatchObject({
      waiting: 0,
      running: 2,
      cancelled: 1,
    });
    expect((await shop.job(anna, waiting)).status).toBe('cancelled');
  });

  it('are for administrators, of two spans', async () => {
    const headers = bearer(await tokenOf(server.app, 'anna'));
    expect((await send(server.app, 'GET', '/api/system/rates', headers)).status).toBe(403);
    const wrong = await send(server.app, 'GET', '/api/system/rates?span=year', bearer(admin));
    expect(wrong.status).toBe(400);
  });
});
