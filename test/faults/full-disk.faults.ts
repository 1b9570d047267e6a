import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { APPLE, call, jsonOf, SLOW_APPLE, type HttpReply } from '../support/client.js';
import { createKeyOf, PASSWORD, PROGRAM, startServer, type TestServer } from '../support/server.js';
import { temporaryFolder } from '../support/folder.js';
import { SmallDisk } from '../support/small-disk.js';
import { until } from '../support/until.js';

const DISK_MIB = 64;
const RESERVE_MIB = 8;

/** Milliseconds until the server has noticed that there is room. */
const NOTICED = 30_000;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Starts a server on a disk of its own; skips the test where there can be none. */
async function onSmallDisk(skip: (note: string) => never): Promise<[SmallDisk, TestServer]> {
  const disk = await SmallDisk.mount(DISK_MIB);
  if (!disk) return skip('this account cannot mount a file system');
  onTestFinished(() => disk.unmount());
  const server = await startServer({
    dataDir: disk.path,
    env: { ATELIER_RESERVE_MB: String(RESERVE_MIB), ATELIER_DRAIN_SECONDS: '0' },
  });
  return [disk, server];
}

async function problemsOf({ url }: TestServer): Promise<string[]> {
  const reply = await call(url, { path: '/api/health' });
  expect(reply.status).toBe(200);
  const { problems = [] } = jsonOf<{ problems?: { code: string }[] }>(reply);
  return problems.map(({ code }) => code);
}

function reserveOf({ dataDir }: TestServer): number {
  return statSync(join(dataDir, 'reserve'), { throwIfNoEntry: false })?.size ?? 0;
}

function hasReserve(server: TestServer): Promise<unknown> {
  const size = RESERVE_MIB * 1024 * 1024;
  return until('the reserve', NOTICED, () => reserveOf(server) === size);
}

function expectRefused(reply: HttpReply): void {
  expect(reply.status).toBe(507);
  expect(jsonOf<{ error: object }>(reply).error).toMatchObject({ code: 'INSUFFICIENT_STORAGE' });
}

/** What people need on a full disk: to come in, to look, and to delete. */
async function expectUsable(server: TestServer, key: string, old: string): Promise<void> {
  const { admin, url } = server;
  const stranger = await server.login('admin');
  expect((await stranger.api({ path: '/api/queue/status' })).status).toBe(200);
  const headers = { authorization: `Bearer ${key}` };
  expect((await call(url, { path: '/api/queue/history', headers })).status).toBe(200);
  const thumbnail = `/api/queue/job/${old}/output/image_0.png?thumb=1`;
  expect((await admin.api({ path: thumbnail })).status).toBe(200);
  expectRefused(await admin.api({ path: '/api/generate/text2img', body: APPLE }));
  const wrong = { username: 'admin', password: `not ${PASSWORD}` };
  expect((await call(url, { path: '/api/auth/login', body: wrong })).status).toBe(401);
  const path = `/api/queue/job/${old}?confirm=true`;
  expect((await admin.api({ path, method: 'DELETE' })).status).toBe(200);
  expect((await admin.api({ path: `/api/queue/job/${old}` })).status).toBe(404);
  expect(await server.outputsOf(old)).toBeUndefined();
  expect((await stranger.api({ path: '/api/auth/logout', method: 'POST' })).status).toBe(200);
}

async function expectCompleted(server: TestServer, id: string): Promise<void> {
  const job = await server.admin.waitForJob(id);
  expect(job).toMatchObject({ status: 'completed', error: null });
  const file = await server.admin.output(id);
  expect(file.length).toBe(job.outputs[0]?.size);
  expect(await sharp(file).stats()).toBeDefined();
}

describe('a disk that becomes full', () => {
  it('loses no job, lets people in to delete, and work goes on by itself when there is room', async ({
    skip,
  }) => {
    const [disk, server] = await onSmallDisk(skip);
    const { admin } = server;
    const key = await createKeyOf(admin);
    const old = await admin.submit(APPLE);
    await admin.waitForJob(old);
    await hasReserve(server);
    const feed = await server.feed();
    const running = await admin.submit(SLOW_APPLE);
    const waiting = await admin.submit(APPLE);
    await feed.untilStep(running, 2);
    disk.fill();

    await until('the problem to be told', NOTICED, async () =>
      (await problemsOf(server)).includes('INSUFFICIENT_STORAGE'),
    );
    await expectUsable(server, key, old);
    await feed.until(running, ({ phase }) => phase === 'saving');
    expect((await admin.job(running)).status).toBe('processing');
    expect((await admin.job(waiting)).status).toBe('queued');
    const { queue } = jsonOf<{ queue: object }>(await admin.api({ path: '/api/queue/status' }));
    expect(queue).toMatchObject({ running: false, paused: { code: 'INSUFFICIENT_STORAGE' } });

    disk.free();
    await expectCompleted(server, running);
    await expectCompleted(server, waiting);
    expect((await admin.job(running)).attempts).toBe(1);
    expect(await problemsOf(server)).toEqual([]);
    await hasReserve(server);
    await admin.draw(APPLE);
  });
});

describe('a server that is started on a full disk', () => {
  it('lets people in to delete, and does what was left when there is room', async ({ skip }) => {
    const [disk, server] = await onSmallDisk(skip);
    const { admin } = server;
    const key = await createKeyOf(admin);
    const old = await admin.submit(APPLE);
    await admin.waitForJob(old);
    await hasReserve(server);
    const feed = await server.feed();
    const running = await admin.submit(SLOW_APPLE);
    await feed.untilStep(running, 2);
    await server.stop('SIGKILL');
    disk.fill();

    await server.boot();
    expect(await problemsOf(server)).toEqual(['INSUFFICIENT_STORAGE']);
    expect(server.log).toContain('The disk is full');
    await expectUsable(server, key, old);
    disk.free();
    await expectCompleted(server, running);
    await hasReserve(server);
  });

  it('starts without a reserve too', async ({ skip }) => {
    const [disk, server] = await onSmallDisk(skip);
    const id = await server.admin.submit(APPLE);
    await server.admin.waitForJob(id);
    // A clean stop leaves no log of the database, for which the start needs room.
    await server.stop('SIGTERM');
    rmSync(join(server.dataDir, 'reserve'), { force: true });
    disk.fill();

    await server.boot();
    expect(await problemsOf(server)).toEqual(['INSUFFICIENT_STORAGE']);
    expect((await server.admin.output(id)).length).toBeGreaterThan(0);
    disk.free();
    await hasReserve(server);
    await until('its end', NOTICED, async () => (await problemsOf(server)).length === 0);
    await server.admin.draw(APPLE);
  });
});

describe('a log on a full disk', () => {
  it('does not end the server, and goes on when there is room', async ({ skip }) => {
    const disk = await SmallDisk.mount(DISK_MIB);
    if (!disk) return skip('this account cannot mount a file system');
    onTestFinished(() => disk.unmount());
    const folder = await temporaryFolder();
    onTestFinished(folder.remove);
    const port = await freePort();
    await mkdir(disk.path);
    const logFile = join(disk.path, 'log');
    const log = openSync(logFile, 'a');
    const child = spawn(process.execPath, [PROGRAM], {
      env: {
        ...process.env,
        ATELIER_HOST: '127.0.0.1',
        ATELIER_PORT: String(port),
        ATELIER_DATA_DIR: folder.path,
        ATELIER_RESERVE_MB: '0',
      },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    onTestFinished(() => void child.kill('SIGKILL'));
    const isHealthy = async (): Promise<boolean> => {
      const reply = await call(`http://127.0.0.1:${port}`, { path: '/api/health' });
      return reply.status === 200;
    };
    await until('the server', 60_000, () => isHealthy().catch(() => false));
    disk.fill();
    for (let request = 0; request < 20; request += 1) expect(await isHealthy()).toBe(true);
    disk.free();
    const { size } = statSync(logFile);
    await until('a line of the log', 10_000, async () => {
      expect(await isHealthy()).toBe(true);
      return statSync(logFile).size > size;
    });
    expect(child.exitCode).toBeNull();
  });
});
