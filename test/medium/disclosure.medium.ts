import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, send, tokenOf } from '../support/auth.js';
import { temporaryFolder } from '../support/folder.js';
import { jobEnd, submitted } from '../support/jobs.js';

const closers: Array<() => Promise<unknown>> = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function boot(options: Parameters<typeof createTestApp>[0] = {}): Promise<TestApp> {
  const server = await createTestApp(options);
  closers.push(() => server.close());
  return server;
}

describe('answers', () => {
  it('are not kept by browsers and proxies unless they say so', async () => {
    const { app } = await boot();
    const token = await tokenOf(app);
    for (const path of [
      '/api/auth/me',
      '/api/queue/status',
      '/api/health',
      '/api/nothing',
      '/sdapi/v1/options',
      '/v1/models',
      '/mold/api/status',
    ]) {
      const reply = await send(app, 'GET', path, bearer(token));
      expect([path, reply.headers['cache-control']]).toEqual([path, 'no-store']);
    }
    const refused = await send(app, 'GET', '/api/queue/status');
    expect(refused.headers['cache-control']).toBe('no-store');
  });
});

describe('a failed job', () => {
  it('does not name the folders of the models', async () => {
    const reason = "failed to open '/srv/secret place/models/a.safetensors'";
    const { app } = await boot({ engine: FakeEngine.loadingFails(reason) });
    await addUser(app, 'anna', 'user');
    const token = await tokenOf(app, 'anna');
    const job = await jobEnd(app, token, await submitted(app, token));
    expect(job.error!.message).toContain('a.safetensors');
    expect(job.error!.message).not.toContain('/srv');
  });
});

describe('a data folder that was there before', () => {
  it('is closed to other accounts of the machine', async () => {
    const folder = await temporaryFolder();
    closers.push(() => folder.remove());
    const dataDir = join(folder.path, 'data');
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'note.txt'), 'mine');
    await chmod(dataDir, 0o2777);
    await boot({ dataDir });
    expect((await stat(dataDir)).mode & 0o7777).toBe(0o2700);
  });
});

describe('what a user is answered', () => {
  it('names no folder, account, proxy or address of the operator on any route', async () => {
    const server = await boot({
      env: {
        ATELIER_TEXT_ENDPOINT: 'http://127.0.0.1:9/inner-endpoint',
        ATELIER_TRUSTED_PROXIES: '10.77.0.1',
        ATELIER_MACHINE_ADMINS: 'operator-account',
      },
    });
    await addUser(server.app, 'anna', 'user');
    const token = await tokenOf(server.app, 'anna');
    const id = await submitted(server.app, token);
    await jobEnd(server.app, token, id);
    const secrets = [
      server.dataDir,
      PACKAGE_ROOT,
      homedir(),
      'inner-endpoint',
      '10.77.0.1',
      'operator-account',
    ];
    const paths = server.routes
      .filter(({ method }) => method === 'GET')
      .map(({ path }) =>
        path
          .replaceAll(/:(?:id|job_?id)\b/gi, id)
          .replaceAll(/:[a-z_]*model[a-z_]*/gi, 'tiny-emoji'),
      )
      .filter((path) => !/[:*]|events|stream/.test(path));
    expect(paths.length).toBeGreaterThan(100);
    const told: string[] = [];
    for (const path of paths) {
      const reply = await server.app.inject({ url: path, headers: bearer(token) });
      const { body } = reply;
      for (const secret of secrets) if (body.includes(secret)) told.push(`${path}: ${secret}`);
    }
    expect(told).toEqual([]);
  });
});
