import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError, FakeEngine, type ImageEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, claimsOf, send, tokenOf } from '../support/auth.js';
import { leaveInProgress } from '../support/database.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { cancel, jobEnd, jobOf, jobWhen, submitted } from '../support/jobs.js';
import { until } from '../support/until.js';
import { Workshop } from '../support/workshop.js';

let folder: TemporaryFolder;
let server: TestApp | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await folder.remove();
});

async function boot(engine: ImageEngine): Promise<{ app: TestApp['app']; token: string }> {
  server = await createTestApp({
    engine,
    dataDir: folder.path,
    env: { ATELIER_DRAIN_SECONDS: '0' },
  });
  return { app: server.app, token: await tokenOf(server.app) };
}

/** Stops the server, and leaves this job as if it had been killed during it. */
async function dieDuring(id: string): Promise<void> {
  await server?.close();
  server = undefined;
  leaveInProgress(folder.path, id);
}

/** Submits jobs to a server that does not get to them; the first is begun, and put back by the stop. */
async function submittedBefore(...prompts: string[]): Promise<string[]> {
  const { app, token } = await boot(FakeEngine.blocking().engine);
  const ids: string[] = [];
  for (const prompt of prompts) ids.push(await submitted(app, token, { prompt }));
  await jobWhen(app, token, ids[0]!, ({ status }) => status === 'processing');
  return ids;
}

async function dieOften(id: string, times: number): Promise<void> {
  for (let death = 0; death < times; death += 1) {
    await dieDuring(id);
    if (death < times - 1) await boot(FakeEngine.blocking().engine);
  }
}

describe('a job during which the server died', () => {
  it('is completed after two deaths, in its old place', async () => {
    const [first, second] = await submittedBefore('first', 'second');
    await dieOften(first!, 2);
    const engine = FakeEngine.instant();
    const { app, token } = await boot(engine);
    expect(await jobEnd(app, token, first!)).toMatchObject({ status: 'completed', error: null });
    await jobEnd(app, token, second!);
    expect(engine.requests.map(({ prompt }) => prompt)).toEqual(['first', 'second']);
  });

  it('still has both of its tries when the engine dies', async () => {
    const [id] = await submittedBefore('red apple');
    await dieOften(id!, 2);
    const { app, token } = await boot(FakeEngine.crashing(1));
    expect(await jobEnd(app, token, id!)).toMatchObject({ status: 'completed', attempts: 4 });
  });

  it('fails when the engine dies under it twice, also with deaths of the server between', async () => {
    const [id] = await submittedBefore('red apple');
    await dieOften(id!, 1);
    const { app, token } = await boot(FakeEngine.crashing(2));
    expect(await jobEnd(app, token, id!)).toMatchObject({
      status: 'failed',
      error: { code: 'ENGINE_CRASHED' },
    });
  });

  it('lets all others go before it from the third death on, and is completed after them', async () => {
    const [first, second] = await submittedBefore('suspect', 'waiting');
    await dieOften(first!, 3);
    const engine = FakeEngine.instant();
    const { app, token } = await boot(engine);
    const later = await submitted(app, token, { prompt: 'later' });
    for (const id of [second!, later]) {
      expect((await jobEnd(app, token, id)).status).toBe('completed');
    }
    expect(await jobOf(app, token, first!)).toMatchObject({ status: 'queued', position: 1 });
    expect((await jobEnd(app, token, first!)).status).toBe('completed');
    expect(engine.requests.map(({ prompt }) => prompt)).toEqual(['waiting', 'later', 'suspect']);
  });

  it('can be cancelled while it steps back', async () => {
    const [id] = await submittedBefore('suspect');
    await dieOften(id!, 4);
    const { app, token } = await boot(FakeEngine.instant());
    expect((await cancel(app, token, id!)).status).toBe(200);
    expect((await jobOf(app, token, id!)).status).toBe('cancelled');
    const { body } = await send(app, 'GET', '/api/queue/status', bearer(token));
    expect(body['queue']).toMatchObject({ size: 0, active_generations: 0 });
  });
});

describe('a job of any kind', () => {
  it.each([
    ['dies under it', EngineError.crashed('SIGKILL')],
    ['had died before it with its models', EngineError.notLoaded('a model')],
  ])('is tried once more when the engine %s', async (_name, death) => {
    const { app, token } = await boot(FakeEngine.instant());
    const work = new Workshop(app, 'other');
    const { sub } = claimsOf(token);
    const id = await work.submit(sub);
    await work.fail(id, death);
    await until('its second attempt', 10_000, () => work.begun.length === 2);
    await work.complete(id);
    expect(await jobEnd(app, token, id)).toMatchObject({ status: 'completed', attempts: 2 });
    const other = await work.submit(sub);
    await work.fail(other, death);
    await until('its second attempt', 10_000, () => work.begun.length === 4);
    await work.fail(other, death);
    expect(await jobEnd(app, token, other)).toMatchObject({
      status: 'failed',
      attempts: 2,
      error: { code: death.code },
    });
  });
});
