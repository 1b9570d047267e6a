import { afterEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, send, tokenOf } from '../support/auth.js';
import { temporaryFolder } from '../support/folder.js';
import { cancel, jobEnd, jobOf, submitted } from '../support/jobs.js';
import { until } from '../support/until.js';
import { Workshop } from '../support/workshop.js';

const closings: Array<() => Promise<void> | void> = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

interface House {
  server: TestApp;
  anna: string;
  bert: string;
  files: Workshop;
  texts: Workshop;
}

async function open(env: Record<string, string> = {}, dataDir?: string): Promise<House> {
  const engine = FakeEngine.instant();
  const settings = { ATELIER_DRAIN_SECONDS: '0', ...env };
  const server = await createTestApp({ engine, dataDir, env: settings });
  closings.push(() => server.close());
  return {
    server,
    anna: await addUser(server.app, 'anna', 'user'),
    bert: await addUser(server.app, 'bert', 'user'),
    files: new Workshop(server.app, 'fetch', 'files'),
    texts: new Workshop(server.app, 'write', 'text'),
  };
}

describe('lanes', () => {
  it('work beside one another, each with as many jobs at a time as it may', async () => {
    const { server, anna, files, texts } = await open({ ATELIER_TEXTS_AT_ONCE: '1' });
    const token = await tokenOf(server.app, 'anna');
    const fetching = [await files.submit(anna), await files.submit(anna), await files.submit(anna)];
    const writing = [await texts.submit(anna), await texts.submit(anna)];
    for (const id of fetching.slice(0, 2)) await files.running(id);
    await texts.running(writing[0]!);
    // The engine is free all the while.
    const drawn = await jobEnd(server.app, token, await submitted(server.app, token));
    expect(drawn).toMatchObject({ status: 'completed', lane: 'engine' });
    expect(await files.job(anna, fetching[2]!)).toMatchObject({ position: 1, lane: 'files' });
    expect(await texts.job(anna, writing[1]!)).toMatchObject({ position: 1, lane: 'text' });
    expect(files.begun).toEqual(fetching.slice(0, 2));
    await files.complete(fetching[1]!);
    await files.running(fetching[2]!);
    await texts.complete(writing[0]!);
    await texts.running(writing[1]!);
    expect(files.begun).toEqual(fetching);
  });

  it('count apart: the documented figures are those of the engine', async () => {
    const { server, anna, files } = await open({ ATELIER_FILES_AT_ONCE: '1' });
    const token = await tokenOf(server.app, 'anna');
    const [first] = [await files.submit(anna), await files.submit(anna)];
    await files.running(first);
    const { body } = await send(server.app, 'GET', '/api/queue/status', bearer(token));
    expect(body['queue']).toMatchObject({
      size: 0,
      active_generations: 0,
      others: { queued: 0, processing: 0 },
      jobs: [
        { kind: 'fetch', status: 'processing', position: null },
        { kind: 'fetch', status: 'queued', position: 1 },
      ],
    });
  });

  it('take turns apart: much in one lane is no less in another', async () => {
    const { anna, bert, files, texts } = await open({
      ATELIER_FILES_AT_ONCE: '1',
      ATELIER_TEXTS_AT_ONCE: '1',
    });
    const opening = [await files.submit(bert), await texts.submit(bert)];
    await files.running(opening[0]!);
    await texts.running(opening[1]!);
    // A gigabyte in one lane must not send Anna behind Bert in the other.
    for (let index = 0; index < 3; index += 1) await files.submit(anna, { cost: 1e9 });
    const a1 = await texts.submit(anna, { cost: 10 });
    const b1 = await texts.submit(bert, { cost: 10 });
    const a2 = await texts.submit(anna, { cost: 10 });
    const b2 = await texts.submit(bert, { cost: 10 });
    await texts.complete(opening[1]!);
    for (const id of [a1, b1, a2, b2]) await texts.complete(id);
    expect(texts.begun.slice(1)).toEqual([a1, b1, a2, b2]);
  });

  it('have bounds of their own', async () => {
    const { anna, files, texts } = await open({ ATELIER_JOBS_PER_USER: '1' });
    await files.submit(anna);
    await expect(files.submit(anna)).rejects.toMatchObject({ code: 'TOO_MANY_JOBS' });
    await texts.submit(anna);
  });

  it('hear of cancelling, every one of several at a time', async () => {
    const { server, anna, files } = await open();
    const token = await tokenOf(server.app, 'anna');
    const ids = [await files.submit(anna), await files.submit(anna), await files.submit(anna)];
    for (const id of ids.slice(0, 2)) await files.running(id);
    expect((await cancel(server.app, token, ids[1]!)).status).toBe(200);
    await files.running(ids[2]!);
    expect(await jobOf(server.app, token, ids[0]!)).toMatchObject({ status: 'processing' });
    expect(await jobOf(server.app, token, ids[1]!)).toMatchObject({ status: 'cancelled' });
  });

  it('show how far each of several jobs is', async () => {
    const { anna, files } = await open();
    const ids = [await files.submit(anna), await files.submit(anna)];
    for (const [index, id] of ids.entries())
      (await files.running(id)).report({ step: index + 1, totalSteps: 4 });
    expect(await files.job(anna, ids[0]!)).toMatchObject({ current_step: 1, total_steps: 4 });
    expect(await files.job(anna, ids[1]!)).toMatchObject({ current_step: 2, total_steps: 4 });
  });

  it('put all that runs back when the server stops, and go on after it', async () => {
    const folder = await temporaryFolder();
    closings.push(() => folder.remove());
    const before = await open({}, folder.path);
    const { anna } = before;
    const ids = [await before.files.submit(anna), await before.files.submit(anna)];
    for (const id of ids) await before.files.running(id);
    await before.server.close();
    const server = await createTestApp({ dataDir: folder.path });
    closings.push(() => server.close());
    const token = await tokenOf(server.app, 'anna');
    // Nobody here knows the kind: the jobs end by saying so, which shows that both came back.
    for (const id of ids) {
      expect(await jobEnd(server.app, token, id)).toMatchObject({ status: 'failed', attempts: 1 });
    }
  });
});

describe('a job that waits for another one', () => {
  it('begins when that has completed, and not before', async () => {
    const { anna, files, texts } = await open();
    const first = await files.submit(anna);
    const second = await texts.submit(anna, { after: first });
    const other = await texts.submit(anna);
    await texts.running(other);
    expect(await texts.job(anna, second)).toMatchObject({ status: 'queued', after: first });
    await files.complete(first);
    await texts.running(second);
    expect(texts.begun).toEqual([other, second]);
  });

  it('begins at once when that has completed already', async () => {
    const { anna, files } = await open();
    const first = await files.submit(anna);
    await files.complete(first);
    await until('its end', 5000, async () => (await files.job(anna, first)).end_time !== null);
    const second = await files.submit(anna, { after: first });
    await files.running(second);
    expect(files.begun).toEqual([first, second]);
  });

  it('fails with the reason when that fails, and so do those after it', async () => {
    const { server, anna, files } = await open();
    const token = await tokenOf(server.app, 'anna');
    const first = await files.submit(anna);
    const second = await files.submit(anna, { after: first });
    const third = await files.submit(anna, { after: second });
    await files.fail(first, new Error('torn'));
    const failure = (id: string, state: string): object => ({
      status: 'failed',
      error: {
        code: 'PREREQUISITE_FAILED',
        message: `Job "${id}", which this one needed, is ${state}.`,
      },
    });
    expect(await jobEnd(server.app, token, second)).toMatchObject(failure(first, 'failed'));
    expect(await jobEnd(server.app, token, third)).toMatchObject(failure(second, 'failed'));
    expect(files.begun).toEqual([first]);
  });

  it.each(['running', 'waiting'])('fails when that is cancelled while %s', async (when) => {
    const { server, anna, files } = await open({ ATELIER_FILES_AT_ONCE: '1' });
    const token = await tokenOf(server.app, 'anna');
    if (when === 'waiting') await files.running(await files.submit(anna));
    const first = await files.submit(anna);
    const second = await files.submit(anna, { after: first });
    if (when === 'running') await files.running(first);
    expect((await cancel(server.app, token, first)).status).toBe(200);
    const { status, error } = await jobEnd(server.app, token, second);
    expect({ status, code: error?.code }).toEqual({
      status: 'failed',
      code: 'PREREQUISITE_FAILED',
    });
  });

  it('has a place behind those that need not wait, and holds no turn before its time', async () => {
    const { server, anna, bert, files } = await open({ ATELIER_FILES_AT_ONCE: '1' });
    const token = await tokenOf(server.app, 'anna');
    const first = await files.submit(anna);
    const blocked = await files.submit(anna, { after: first });
    const [a, b] = [await files.submit(anna), await files.submit(bert)];
    await files.running(first);
    expect((await jobOf(server.app, token, blocked)).position).toBe(3);
    const { body } = await send(server.app, 'GET', '/api/queue/status', bearer(token));
    const { jobs } = body['queue'] as { jobs: { id: string; position: number }[] };
    expect(jobs.find(({ id }) => id === blocked)?.position).toBe(3);
    await files.complete(first);
    for (const id of [b, a, blocked]) await files.complete(id);
    expect(files.begun).toEqual([first, b, a, blocked]);
  });

  it('is looked after when the server stopped in between', async () => {
    const folder = await temporaryFolder();
    closings.push(() => folder.remove());
    const { server, anna, files } = await open({}, folder.path);
    const first = await files.submit(anna);
    const second = await files.submit(anna, { after: first });
    await files.running(first);
    await server.close();
    const again = await createTestApp({ dataDir: folder.path });
    closings.push(() => again.close());
    const token = await tokenOf(again.app, 'anna');
    const { error } = await jobEnd(again.app, token, second);
    expect(error?.code).toBe('PREREQUISITE_FAILED');
  });

  it('should not wait for the job of another user', async () => {
    const { anna, bert, files } = await open();
    const theirs = await files.submit(bert);
    await expect(files.submit(anna, { after: theirs })).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
  });
});
