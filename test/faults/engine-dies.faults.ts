import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { APPLE, SLOW_APPLE } from '../support/client.js';
import { copyModel, writeWrongHeader } from '../support/damage.js';
import { temporaryFolder } from '../support/folder.js';
import { watchHealth } from '../support/health-watch.js';
import { isAlive } from '../support/processes.js';
import { startServer } from '../support/server.js';
import { until } from '../support/until.js';

/** Long enough for every honest pause between two steps, also while the machine is busy. */
const STALL_SECONDS = 8;

describe('an engine that is killed in the middle of a job', () => {
  it('is replaced, and the job completes at the second try, while the server answers', async ({
    annotate,
  }) => {
    const server = await startServer();
    const { admin } = server;
    const inPeace = await admin.draw(SLOW_APPLE);
    const feed = await server.feed();
    const stopWatching = watchHealth(server.url);

    const id = await admin.submit(SLOW_APPLE);
    await feed.untilStep(id, 2);
    const first = await server.enginePid();
    process.kill(first, 'SIGKILL');
    const job = await admin.waitForJob(id);

    expect(job).toMatchObject({ status: 'completed', attempts: 2, error: null });
    expect((await admin.output(id)).equals(inPeace)).toBe(true);
    expect(await server.outputsOf(id)).toEqual(['image_0.png']);
    expect(await server.enginePid()).not.toBe(first);
    expect(feed.of(id).map(({ status }) => status)).not.toContain('failed');

    const health = await stopWatching();
    await annotate(`${health.answers} answers, the slowest after ${Math.round(health.slowest)} ms`);
    expect(health.faults).toEqual([]);
    expect(health.answers).toBeGreaterThan(10);
  });

  it('fails the job when it dies at the second try too, and the next job completes', async () => {
    const server = await startServer();
    const { admin } = server;
    const feed = await server.feed();
    const id = await admin.submit({ ...SLOW_APPLE, steps: 150 });
    const next = await admin.submit(APPLE);
    const killed = new Set<number>();
    for (const attempt of [1, 2]) {
      const pid = await until(`engine ${attempt} at work`, 60_000, async () => {
        const [engine, job] = [await server.enginePid(), await admin.job(id)];
        return job.attempts === attempt && job.current_step >= 2 && !killed.has(engine) && engine;
      });
      killed.add(pid);
      process.kill(pid, 'SIGKILL');
    }

    const job = await admin.waitForJob(id);
    expect(job).toMatchObject({
      status: 'failed',
      attempts: 2,
      outputs: [],
      error: { code: 'ENGINE_CRASHED', message: expect.stringContaining('SIGKILL') as string },
    });
    expect(await server.outputsOf(id)).toBeUndefined();
    const last = await feed.until(id, ({ status }) => status === 'failed');
    expect(last.error).toEqual(job.error);
    expect(await admin.waitForJob(next)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(killed).not.toContain(await server.enginePid());
  });
});

describe('an engine that stands still', () => {
  it('is ended, its job fails, and the next one completes on a fresh engine', async () => {
    const server = await startServer({
      env: { ATELIER_ENGINE_STALL_SECONDS: String(STALL_SECONDS) },
    });
    const { admin } = server;
    const feed = await server.feed();
    const stopWatching = watchHealth(server.url);

    const id = await admin.submit(SLOW_APPLE);
    const next = await admin.submit(APPLE);
    await feed.untilStep(id, 2);
    const stalled = await server.enginePid();
    process.kill(stalled, 'SIGSTOP');

    expect(await admin.waitForJob(id)).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: {
        code: 'ENGINE_STALLED',
        message: expect.stringContaining(`${STALL_SECONDS} s`) as string,
      },
    });
    expect(await admin.waitForJob(next)).toMatchObject({ status: 'completed' });
    expect(await server.enginePid()).not.toBe(stalled);
    await until('the end of the stalled engine', 5000, async () => !(await isAlive(stalled)));
    expect((await stopWatching()).faults).toEqual([]);
  });
});

describe('a damaged model', () => {
  it('fails its jobs with the reason, and the others are drawn as before', async () => {
    const folder = await temporaryFolder();
    onTestFinished(folder.remove);
    const inModel = async (name: string, file: string): Promise<string> =>
      join(await copyModel(folder.path, name), file);
    await truncate(await inModel('cut-weights', 'tiny-emoji.dit.gguf'), 4_000_000);
    await truncate(await inModel('cut-decoder', 'tiny-emoji.tae.safetensors'), 1_000_000);
    await truncate(await inModel('empty-encoder', 'tiny-emoji.llm.gguf'), 0);
    await writeWrongHeader(await inModel('wrong-header', 'tiny-emoji.tae.safetensors'));

    const server = await startServer({ env: { ATELIER_MODELS_DIR: folder.path } });
    const { admin } = server;
    const before = await admin.draw(APPLE);
    const engine = await server.enginePid();
    for (const model_name of ['cut-weights', 'cut-decoder', 'empty-encoder', 'wrong-header']) {
      expect(await admin.waitForJob(await admin.submit({ ...APPLE, model_name }))).toMatchObject({
        status: 'failed',
        attempts: 1,
        outputs: [],
        error: {
          code: 'MODEL_LOAD_FAILED',
          message: expect.stringMatching(
            new RegExp(`^The model "${model_name}" could not be loaded: .+`),
          ) as string,
        },
      });
      expect((await admin.draw(APPLE)).equals(before)).toBe(true);
    }
    expect(await server.enginePid()).toBe(engine);
  });
});
