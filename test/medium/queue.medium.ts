import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineError, FakeEngine, type ImageEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf } from '../support/auth.js';
import { temporaryFolder } from '../support/folder.js';
import { cancel, jobEnd, jobOf, jobWhen, submitted } from '../support/jobs.js';

const closings: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function boot(
  engine: ImageEngine,
  dataDir?: string,
): Promise<{ server: TestApp; token: string }> {
  const server = await createTestApp({ engine, dataDir, env: { ATELIER_DRAIN_SECONDS: '0' } });
  closings.push(() => server.close());
  return { server, token: await tokenOf(server.app) };
}

const isBegun = ({ status, current_step }: { status: string; current_step: number }): boolean =>
  status === 'processing' && current_step > 0;

describe('a job', () => {
  it('goes from queued to completed and tells what was made of it', async () => {
    const { server, token } = await boot(FakeEngine.instant());
    const id = await submitted(server.app, token, { prompt: 'red apple', seed: 7, batch_count: 2 });
    const job = await jobEnd(server.app, token, id);
    expect(job).toMatchObject({
      id,
      kind: 'text2img',
      status: 'completed',
      prompt: 'red apple',
      progress: 1,
      current_step: 16,
      total_steps: 16,
      position: null,
      attempts: 1,
      error: null,
    });
    expect(job.outputs.map(({ filename, seed }) => [filename, seed])).toEqual([
      ['image_0.png', 7],
      ['image_1.png', 8],
    ]);
    expect(job.end_time).toBeGreaterThanOrEqual(job.start_time!);
    expect(await readdir(join(server.dataDir, 'outputs', id))).toEqual([
      'image_0.png',
      'image_1.png',
    ]);
  });

  it('waits for its turn, and says how many are before it', async () => {
    const { engine, open } = FakeEngine.blocking();
    const { server, token } = await boot(engine);
    const ids: string[] = [];
    for (const prompt of ['one', 'two', 'three'])
      ids.push(await submitted(server.app, token, { prompt }));
    await jobWhen(server.app, token, ids[0]!, ({ phase }) => phase === 'encoding');
    expect((await jobOf(server.app, token, ids[1]!)).position).toBe(1);
    expect((await jobOf(server.app, token, ids[2]!)).position).toBe(2);
    const { body } = await send(server.app, 'GET', '/api/queue/status', bearer(token));
    expect(body['queue']).toMatchObject({ size: 2, active_generations: 1, running: true });
    open();
    await jobEnd(server.app, token, ids[2]!);
    expect(engine.requests.map(({ prompt }) => prompt)).toEqual(['one', 'two', 'three']);
  });

  it('fails with the reason when the engine cannot draw it', async () => {
    const { server, token } = await boot(FakeEngine.failing(EngineError.failed('out of paint')));
    const job = await jobEnd(server.app, token, await submitted(server.app, token));
    expect(job).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: {
        code: 'GENERATION_FAILED',
        message: expect.stringContaining('out of paint') as string,
      },
      outputs: [],
    });
  });

  it('fails with the reason when its model cannot be loaded', async () => {
    const { server, token } = await boot(FakeEngine.loadingFails('torn'));
    const job = await jobEnd(server.app, token, await submitted(server.app, token));
    expect(job.error).toMatchObject({ code: 'MODEL_LOAD_FAILED' });
  });

  it('is tried once more when the engine dies under it', async () => {
    const { server, token } = await boot(FakeEngine.crashing(1));
    const job = await jobEnd(server.app, token, await submitted(server.app, token));
    expect(job).toMatchObject({ status: 'completed', attempts: 2 });
  });

  it('fails when the engine dies under it twice, and the next job runs', async () => {
    const { server, token } = await boot(FakeEngine.crashing(2));
    const job = await jobEnd(server.app, token, await submitted(server.app, token));
    expect(job).toMatchObject({ status: 'failed', attempts: 2, error: { code: 'ENGINE_CRASHED' } });
    expect(job.error!.message).toBe('The image engine stopped unexpectedly (SIGKILL).');
    const next = await jobEnd(server.app, token, await submitted(server.app, token));
    expect(next.status).toBe('completed');
  });
});

describe('cancelling', () => {
  it('stops a running job, leaves no files, and lets the next one begin', async () => {
    const { engine, open } = FakeEngine.blocking(3);
    const { server, token } = await boot(engine);
    const first = await submitted(server.app, token);
    const second = await submitted(server.app, token, { prompt: 'next', steps: 2 });
    await jobWhen(server.app, token, first, isBegun);
    expect(await cancel(server.app, token, first)).toMatchObject({
      status: 200,
      body: { status: 'success', message: 'Job cancelled successfully', job_id: first },
    });
    expect(await jobOf(server.app, token, first)).toMatchObject({
      status: 'cancelled',
      error: null,
    });
    expect((await jobEnd(server.app, token, second)).status).toBe('completed');
    expect(await readdir(join(server.dataDir, 'outputs'))).toEqual([second]);
    open();
  });

  it('takes a waiting job out of the queue', async () => {
    const { engine, open } = FakeEngine.blocking();
    const { server, token } = await boot(engine);
    await submitted(server.app, token);
    const waiting = await submitted(server.app, token, { prompt: 'never drawn' });
    expect((await cancel(server.app, token, waiting)).status).toBe(200);
    expect((await jobOf(server.app, token, waiting)).status).toBe('cancelled');
    open();
    await jobEnd(server.app, token, await submitted(server.app, token, { prompt: 'last' }));
    expect(engine.requests.map(({ prompt }) => prompt)).not.toContain('never drawn');
  });

  it('is refused for a job that has ended', async () => {
    const { server, token } = await boot(FakeEngine.instant());
    const id = await submitted(server.app, token);
    await jobEnd(server.app, token, id);
    const reply = await cancel(server.app, token, id);
    expect(errorOf(reply)).toMatchObject({ code: 'JOB_FINISHED', status_code: 409 });
  });

  it('is refused without the id of a job, naming the field', async () => {
    const { server, token } = await boot(FakeEngine.instant());
    const reply = await cancel(server.app, token, 'everything');
    expect(errorOf(reply)).toMatchObject({ code: 'VALIDATION_ERROR', status_code: 400 });
    expect(errorOf(reply).message).toContain('job_id');
  });

  it('never hits the wrong job, however early it comes', async () => {
    const { server, token } = await boot(FakeEngine.slow(1));
    const ends = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const id = await submitted(server.app, token, { prompt: `${index}`, steps: 3 });
        if (index % 2 === 0) return (await jobEnd(server.app, token, id)).status;
        const { status } = await cancel(server.app, token, id);
        const job = await jobEnd(server.app, token, id);
        return status === 200 ? job.status === 'cancelled' : job.status === 'completed';
      }),
    );
    expect(new Set(ends)).toEqual(new Set(['completed', true]));
  });
});

describe('the job of another user', () => {
  it('should not be read, and should not be cancelled', async () => {
    const { engine, open } = FakeEngine.blocking();
    const { server, token: admin } = await boot(engine);
    await addUser(server.app, 'anna', 'user');
    await addUser(server.app, 'bert', 'user');
    const [anna, bert] = [await tokenOf(server.app, 'anna'), await tokenOf(server.app, 'bert')];
    const id = await submitted(server.app, anna);
    const read = await send(server.app, 'GET', `/api/queue/job/${id}`, bearer(bert));
    expect(errorOf(read)).toMatchObject({ code: 'JOB_NOT_FOUND', status_code: 404 });
    expect(errorOf(await cancel(server.app, bert, id)).code).toBe('JOB_NOT_FOUND');
    const { body } = await send(server.app, 'GET', '/api/queue/status', bearer(bert));
    expect(body['queue']).toMatchObject({ jobs: [] });
    expect((await jobOf(server.app, admin, id)).id).toBe(id);
    expect((await cancel(server.app, admin, id)).status).toBe(200);
    open();
  });
});

describe('a stop and a new start', () => {
  it('puts the running job back without counting the try, and loses none', async () => {
    const folder = await temporaryFolder();
    closings.push(folder.remove);
    const { engine } = FakeEngine.blocking(2);
    const before = await createTestApp({
      engine,
      dataDir: folder.path,
      env: { ATELIER_DRAIN_SECONDS: '0' },
    });
    const token = await tokenOf(before.app);
    const ids = [await submitted(before.app, token), await submitted(before.app, token)];
    await jobWhen(before.app, token, ids[0]!, isBegun);
    await before.close();
    const { server } = await boot(FakeEngine.instant(), folder.path);
    for (const id of ids) {
      expect(await jobEnd(server.app, token, id)).toMatchObject({
        status: 'completed',
        attempts: 1,
      });
    }
  });
});
