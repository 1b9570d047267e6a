import { rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { ModelsClient } from '../support/models.js';
import { until } from '../support/until.js';
import { safetensors, SAMPLES, writeSparse } from '../support/weight-files.js';

let folder: TemporaryFolder;
let server: TestApp;
let token: string;
const models = new ModelsClient(
  () => server.app,
  () => token,
);

function path(name: string): string {
  return join(folder.path, 'models', name);
}

async function boot(options: TestAppOptions = {}): Promise<void> {
  server = await createTestApp({ dataDir: folder.path, ...options });
  token = await tokenOf(server.app);
}

beforeEach(async () => {
  folder = await temporaryFolder();
  await writeSparse(path('checkpoints/a.safetensors'), safetensors(SAMPLES.sd1));
  await writeSparse(path('vae/soft.safetensors'), safetensors(SAMPLES.vae));
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

describe('the folders', () => {
  it('are watched: what comes and goes is known, also in folders that come later', async () => {
    await rm(path('.'), { recursive: true });
    await boot();
    const comes = (name: string) =>
      until(`${name} is listed`, 10_000, async () => (await models.names()).includes(name));
    await models.page();
    await writeSparse(path('first.safetensors'), safetensors(SAMPLES.sd1));
    await comes('first.safetensors');
    await writeSparse(path('loras/people/second.safetensors'), safetensors(SAMPLES.lora));
    await comes('second.safetensors');
    await writeSparse(path('loras/people/third.safetensors'), safetensors(SAMPLES.lora));
    await comes('third.safetensors');
    await rm(path('first.safetensors'));
    await until('it is gone', 10_000, async () => (await models.page()).total === 4);
    expect((await models.names()).toSorted()).toEqual([
      'second.safetensors',
      'third.safetensors',
      'tiny-emoji',
      'tiny-emoji-x4',
    ]);
  });
});

describe('what was read of a file', () => {
  it('is known after a restart for as long as size and date are the same', async () => {
    const file = path('checkpoints/a.safetensors');
    const date = new Date('2026-01-10');
    await utimes(file, date, date);
    await boot();
    const { id } = await models.model('a');
    const hashed = (await models.send('POST', `/${id}/hash`)).body['sha256'];
    await server.close();
    const { size } = await stat(file);
    await writeSparse(file, { start: Buffer.from('no weights at all'), size });
    await utimes(file, date, date);
    await boot();
    expect(await models.model('a')).toMatchObject({ sha256: hashed, architecture: 'sd1' });
    await utimes(file, new Date(), new Date());
    await models.send('POST', '/refresh');
    expect(await models.model('a')).toMatchObject({ sha256: null, architecture: null });
  });

  it('is hashed in the background, and shown to be', async () => {
    await boot();
    await models.page();
    const done = await until('every hash', 15_000, async () => {
      const { models: all } = await models.page();
      return all.every(({ hash_status }) => hash_status === 'ready') && all;
    });
    expect(done.map(({ sha256 }) => sha256)).toHaveLength(4);
    expect(done[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is not hashed where that is switched off', async () => {
    await boot({ env: { ATELIER_MODELS_HASH: 'false' } });
    expect((await models.model('a')).hash_status).toBe('none');
  });
});
