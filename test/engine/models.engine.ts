import { copyFile, mkdir, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SupervisedEngine } from '../../src/engine/supervised-engine.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { errorOf, tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { jobEnd, submitted } from '../support/jobs.js';
import { ModelsClient } from '../support/models.js';
import { TINY_EMOJI_FILES } from '../support/tiny-emoji.js';

const PROGRAM = join(import.meta.dirname, '../../dist/src/engine/engine-process.js');

let server: TestApp;
let token: string;
let folder: TemporaryFolder;
let engine: SupervisedEngine;
const models = new ModelsClient(
  () => server.app,
  () => token,
);

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'diffusion_models'));
  const cut = join(folder.path, 'diffusion_models/cut.gguf');
  await copyFile(TINY_EMOJI_FILES.diffusionModel, cut);
  await truncate(cut, 5_000_000);
  for (const [part, type] of [
    ['llm', 'text_encoders'],
    ['taesd', 'vae_approx'],
    ['diffusionModel', 'unet'],
  ] as const) {
    await mkdir(join(folder.path, type));
    const file = TINY_EMOJI_FILES[part];
    await copyFile(file, join(folder.path, type, basename(file)));
  }
  engine = new SupervisedEngine({ program: PROGRAM, stallMs: 60_000, cancelMs: 60_000 });
  server = await createTestApp({ engine, env: { ATELIER_MODELS_DIR: folder.path } });
  token = await tokenOf(server.app);
});

afterAll(async () => {
  await server.close();
  await folder.remove();
});

describe('a model in a real engine', () => {
  it('is loaded and unloaded by request, over and over', async () => {
    for (let round = 0; round < 3; round += 1) {
      expect((await models.send('POST', '/tiny-emoji/load')).status).toBe(200);
      expect(await engine.loaded()).toHaveLength(1);
      expect(await models.names('?loaded=true')).toEqual(['tiny-emoji']);
      expect((await models.send('POST', '/tiny-emoji/unload')).status).toBe(200);
      expect(await engine.loaded()).toEqual([]);
    }
  });

  it('is put together from single files, found by what they are', async () => {
    const parts = { llm: 'tiny-emoji.llm', taesd: 'tiny-emoji.tae', n_threads: 1 };
    const loaded = await models.send('POST', '/tiny-emoji.dit.gguf/load', parts);
    expect(loaded.body).toMatchObject({ message: 'Model loaded successfully' });
    const picture = { prompt: 'red apple', width: 64, height: 64, steps: 2, seed: 1 };
    const body = { ...picture, model_name: 'tiny-emoji.dit' };
    const job = await jobEnd(server.app, token, await submitted(server.app, token, body));
    expect(job).toMatchObject({ status: 'completed' });
    expect(await engine.loaded()).toHaveLength(1);
    expect((await models.send('POST', '/tiny-emoji.dit/unload')).status).toBe(200);
  });

  it('that is damaged is seen in the list, and cannot be loaded', async () => {
    expect((await models.model('cut')).problem).toMatch(/not whole/);
    const reply = await models.send('POST', '/cut/load');
    expect([reply.status, errorOf(reply).code]).toEqual([500, 'MODEL_LOAD_FAILED']);
    expect(await engine.loaded()).toEqual([]);
  });

  it('is not loaded any more when the engine has died', async () => {
    await models.send('POST', '/tiny-emoji/load');
    process.kill(engine.pid!, 'SIGKILL');
    await expect.poll(() => models.names('?loaded=true'), { timeout: 10_000 }).toEqual([]);
    expect((await models.send('POST', '/tiny-emoji/load')).status).toBe(200);
    expect(await models.names('?loaded=true')).toEqual(['tiny-emoji']);
  });
});
