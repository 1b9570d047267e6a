import { existsSync } from 'node:fs';
import { stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { Retention, UploadStore } from '../../src/files/index.js';
import { QueueService } from '../../src/queue/index.js';
import { ROLE_PERMISSIONS, type Principal } from '../../src/auth/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, claimsOf, send, tokenOf } from '../support/auth.js';
import { cancel, jobEnd, jobOf, submitted } from '../support/jobs.js';

const DAY_MS = 24 * 3600 * 1000;

let server: TestApp;
let token: string;
let stop: () => void = () => undefined;

async function boot(env: Record<string, string>, engine = FakeEngine.instant()): Promise<void> {
  server = await createTestApp({ env: { ATELIER_DRAIN_SECONDS: '0', ...env }, engine });
  token = await tokenOf(server.app);
}

afterEach(async () => {
  stop();
  await server.close();
});

async function finished(body: object = { prompt: 'red apple' }): Promise<string> {
  const id = await submitted(server.app, token, body);
  await jobEnd(server.app, token, id);
  return id;
}

async function age(id: string, days: number): Promise<void> {
  await server.app
    .get(DataSource)
    .query('UPDATE jobs SET "finishedAt" = "finishedAt" - ? WHERE "id" = ?', [days * DAY_MS, id]);
}

const folderOf = (id: string): string => join(server.dataDir, 'outputs', id);

describe('outputs that are too old', () => {
  it('are removed, with their thumbnails; the job stays and says so', async () => {
    await boot({ ATELIER_KEEP_DAYS: '7' });
    const [old, young] = [await finished(), await finished()];
    const url = `/api/queue/job/${old}/output/image_0.png`;
    expect((await server.app.inject({ url: `${url}?thumb=1` })).statusCode).toBe(200);
    await age(old, 8);
    await age(young, 6);
    expect(await server.app.get(Retention).sweep()).toBe(1);
    expect([existsSync(folderOf(old)), existsSync(folderOf(young))]).toEqual([false, true]);
    expect(existsSync(join(server.dataDir, 'cache/thumbnails', old))).toBe(false);
    expect(await jobOf(server.app, token, old)).toMatchObject({
      status: 'completed',
      outputs_expired: true,
      outputs: [{ filename: 'image_0.png' }],
    });
    expect((await jobOf(server.app, token, young)).outputs_expired).toBe(false);
    for (const query of ['', '?thumb=1']) {
      const reply = await server.app.inject({ url: `${url}${query}` });
      expect(reply.statusCode).toBe(410);
      expect(reply.json<{ error: { code: string } }>().error.code).toBe('OUTPUT_EXPIRED');
    }
    expect(await server.app.get(Retention).sweep()).toBe(0);
  });

  it('are kept where nothing else is said', async () => {
    await boot({});
    const id = await finished();
    await age(id, 10_000);
    expect(await server.app.get(Retention).sweep()).toBe(0);
    expect(existsSync(folderOf(id))).toBe(true);
  });
});

describe('outputs that take too much', () => {
  it('go, the oldest first, until the rest fits', async () => {
    await boot({ ATELIER_KEEP_MB: '1' });
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push(await finished());
    await server.app.get(DataSource).query('UPDATE jobs SET "outputBytes" = ?', [500_000]);
    expect(await server.app.get(Retention).sweep()).toBe(1);
    expect(ids.map((id) => existsSync(folderOf(id)))).toEqual([false, true, true]);
  });

  it('do not matter while their job has not ended', async () => {
    const { engine, open } = FakeEngine.blocking();
    stop = open;
    await boot({ ATELIER_KEEP_MB: '1', ATELIER_KEEP_DAYS: '1' }, engine);
    const id = await submitted(server.app, token);
    await server.app
      .get(DataSource)
      .query('UPDATE jobs SET "outputBytes" = ?, "finishedAt" = 0', [10_000_000]);
    expect(await server.app.get(Retention).sweep()).toBe(0);
    expect((await jobOf(server.app, token, id)).outputs_expired).toBe(false);
  });
});

describe('uploads', () => {
  it('are kept once, as long as a job needs them, and a day besides', async () => {
    const { engine, open } = FakeEngine.blocking();
    stop = open;
    await boot({}, engine);
    const uploads = server.app.get(UploadStore);
    const [needed, lost, fresh] = await Promise.all(
      ['needed', 'lost', 'fresh'].map((text) => uploads.keep(Buffer.from(text))),
    );
    expect(await uploads.keep(Buffer.from('needed'))).toBe(needed);
    const principal = {
      userId: claimsOf(token).sub,
      permissions: ROLE_PERMISSIONS.user,
    } as Principal;
    const upload = { id: needed!, bytes: 6 };
    const job = { kind: 'text2img', title: 'x', request: {}, uploads: [upload, upload] };
    await submitted(server.app, token);
    const id = await server.app.get(QueueService).submit(principal, job);
    const old = new Date(Date.now() - 2 * DAY_MS);
    for (const upload of [needed!, lost!])
      await utimes(join(server.dataDir, 'uploads', upload), old, old);
    await server.app.get(Retention).sweep();
    expect((await uploads.read(needed!)).toString()).toBe('needed');
    expect((await uploads.read(fresh!)).toString()).toBe('fresh');
    await expect(uploads.read(lost!)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(uploads.read('../atelier.db')).rejects.toMatchObject({ code: 'NOT_FOUND' });

    await cancel(server.app, token, id);
    const retry = await send(server.app, 'POST', `/api/queue/job/${id}/retry`, bearer(token));
    expect(retry.status).toBe(202);
    const again = retry.body['request_id'] as string;
    await cancel(server.app, token, again);
    const remove = (job: string) =>
      send(server.app, 'DELETE', `/api/queue/job/${job}?confirm=true`, bearer(token));
    expect((await remove(id)).status).toBe(200);
    await server.app.get(Retention).sweep();
    expect((await uploads.read(needed!)).toString()).toBe('needed');
    expect((await remove(again)).status).toBe(200);
    await server.app.get(Retention).sweep();
    await expect(uploads.read(needed!)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('grow young again when they come again', async () => {
    await boot({});
    const uploads = server.app.get(UploadStore);
    const id = await uploads.keep(Buffer.from('again'));
    const path = join(server.dataDir, 'uploads', id);
    await utimes(path, new Date(0), new Date(0));
    await uploads.keep(Buffer.from('again'));
    expect(Date.now() - (await stat(path)).mtimeMs).toBeLessThan(60_000);
  });
});
