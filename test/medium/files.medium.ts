import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { tokenOf } from '../support/auth.js';
import { temporaryFolder } from '../support/folder.js';
import { jobEnd, submitted } from '../support/jobs.js';

let server: TestApp;
let url: string;
let id: string;

beforeAll(async () => {
  server = await createTestApp();
  const token = await tokenOf(server.app);
  id = await submitted(server.app, token);
  url = (await jobEnd(server.app, token, id)).outputs[0]!.url;
});

afterAll(() => server.close());

describe('an output', () => {
  it('is served to everybody who knows its address, as what it is', async () => {
    const reply = await server.app.inject({ method: 'GET', url });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe('image/png');
    expect(reply.headers['content-length']).toBe(String(reply.rawPayload.length));
    expect(reply.headers['cache-control']).toContain('immutable');
    expect(reply.rawPayload.subarray(1, 4).toString()).toBe('PNG');
  });

  it('is served in ranges, and not again to whoever has it', async () => {
    const whole = await server.app.inject({ method: 'GET', url });
    const part = await server.app.inject({ method: 'GET', url, headers: { range: 'bytes=1-3' } });
    expect([part.statusCode, part.body]).toEqual([206, 'PNG']);
    const headers = { 'if-none-match': whole.headers.etag as string };
    expect((await server.app.inject({ method: 'GET', url, headers })).statusCode).toBe(304);
  });

  it.each([
    'image_9.png',
    '..%2f..%2fatelier.db',
    '%2e%2e%2f%2e%2e%2fjwt-secret',
    '..',
    '.',
    'image_0.png%00.txt',
    'image_0.png.part',
    '.hidden',
    `..%2f${'0'.repeat(8)}`,
  ])('does not lead out of its folder: %s', async (name) => {
    const reply = await server.app.inject({
      method: 'GET',
      url: `/api/queue/job/${id}/output/${name}`,
    });
    expect(reply.statusCode).toBe(404);
    expect(reply.json<{ error: { code: string } }>().error.code).toBe('NOT_FOUND');
  });

  it.each(['..', '%2e%2e', 'x'.repeat(36), '..%2f..%2f..'])(
    'of no job is nothing: %s',
    async (job) => {
      const reply = await server.app.inject({
        method: 'GET',
        url: `/api/queue/job/${job}/output/jwt-secret`,
      });
      expect(reply.statusCode).toBe(404);
    },
  );
});

describe('the folder of outputs', () => {
  it('is cleared of half-written files of its jobs at the start, and of nothing else', async () => {
    const folder = await temporaryFolder();
    const uuid = '00000000-0000-4000-8000-000000000000';
    const ours = [`.atelier-${uuid}.part`, `image_1.png.${uuid}.part`];
    const before = await createTestApp({ dataDir: folder.path });
    const job = await submitted(before.app, await tokenOf(before.app));
    await jobEnd(before.app, await tokenOf(before.app), job);
    await before.close();
    const root = join(folder.path, 'outputs');
    const elsewhere = join(folder.path, 'elsewhere');
    const others = [join(root, uuid), join(root, 'holiday'), elsewhere, join(root, job, 'inner')];
    for (const other of others) {
      await mkdir(other, { recursive: true });
      for (const name of [...ours, 'film.mkv.part']) await writeFile(join(other, name), 'theirs');
    }
    await symlink(elsewhere, join(root, 'linked'));
    for (const name of [...ours, 'film.mkv.part']) {
      await writeFile(join(root, job, name), 'half');
      await writeFile(join(root, name), 'theirs');
    }
    const again = await createTestApp({ dataDir: folder.path });
    await again.close();
    const left = ['film.mkv.part', 'image_0.png', 'inner'];
    expect((await readdir(join(root, job))).toSorted()).toEqual(left);
    for (const other of others) expect(await readdir(other)).toHaveLength(3);
    expect((await readdir(root)).toSorted()).toEqual(
      [...ours, 'film.mkv.part', job, 'holiday', 'linked', uuid].toSorted(),
    );
    await folder.remove();
  });
});
