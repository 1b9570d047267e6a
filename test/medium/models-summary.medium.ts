import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { jobEnd, jobWhen, submitted } from '../support/jobs.js';
import { ModelsClient } from '../support/models.js';
import { safetensors, SAMPLES, writeSparse } from '../support/weight-files.js';

const MIB = 1024 ** 2;
const SMALL = { prompt: 'x', width: 64, height: 64, steps: 2, seed: 1 };

let folder: TemporaryFolder;
let server: TestApp;
let token: string;
const models = new ModelsClient(
  () => server.app,
  () => token,
);

async function boot(options: TestAppOptions = {}): Promise<void> {
  server = await createTestApp({ dataDir: folder.path, ...options });
  token = await tokenOf(server.app);
}

async function put(name: string, tensors: Parameters<typeof safetensors>[0]): Promise<void> {
  await writeSparse(join(folder.path, 'models', name), safetensors(tensors));
}

beforeEach(async () => {
  folder = await temporaryFolder();
  await put('checkpoints/a.safetensors', SAMPLES.sd1);
  await put('checkpoints/b.safetensors', SAMPLES.sd1);
  await put('vae/soft.safetensors', SAMPLES.vae);
  await put('loras/detail.safetensors', SAMPLES.lora);
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

describe('the summary of all models', () => {
  it('has what is loaded: what each takes, and how much there may be', async () => {
    await boot({ env: { ATELIER_MODELS_MEMORY_MB: '64' } });
    await models.send('POST', '/a/load', { vae: 'soft' });
    const { body } = await models.send('GET', '/summary');
    const size = (await models.model('a')).size + (await models.model('soft')).size;
    expect(body).toMatchObject({
      by_type: { checkpoint: 2, vae: 1, lora: 1 },
      problems: 0,
      memory_limit: 64 * MIB,
      kept: 2,
      loaded: [{ name: 'a.safetensors', type: 'checkpoint', memory_estimate: size, in_use: false }],
    });
    await models.send('POST', '/a/unload');
    expect((await models.send('GET', '/summary')).body['loaded']).toEqual([]);
  });

  it('knows what a job works with', async () => {
    const { engine: held, open } = FakeEngine.blocking(2);
    await boot({ engine: held });
    const id = await submitted(server.app, token, { ...SMALL, model_name: 'a' });
    await jobWhen(server.app, token, id, ({ current_step }) => current_step > 0);
    expect((await models.send('GET', '/summary')).body).toMatchObject({
      loaded: [{ name: 'a.safetensors', in_use: true }],
      memory_limit: null,
    });
    open();
    await jobEnd(server.app, token, id);
    expect((await models.send('GET', '/summary')).body).toMatchObject({
      loaded: [{ name: 'a.safetensors', in_use: false }],
    });
  });
});
