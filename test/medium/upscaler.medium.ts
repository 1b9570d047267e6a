import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { EventBus } from '../../src/events/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { errorOf, tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { jobEnd, submitted } from '../support/jobs.js';
import { ModelsClient } from '../support/models.js';
import { safetensors, SAMPLES, writeSparse } from '../support/weight-files.js';

const MIB = 1024 ** 2;

/** One pixel, as base64. */
const image =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';

const x4 = 'tiny-emoji-x4';

let folder: TemporaryFolder;
let server: TestApp;
let token: string;
let engine: FakeEngine;
let told: string[];
const models = new ModelsClient(
  () => server.app,
  () => token,
);

async function boot(env: TestAppOptions['env'] = {}): Promise<void> {
  engine = FakeEngine.instant();
  server = await createTestApp({ dataDir: folder.path, engine, env });
  token = await tokenOf(server.app);
  told = [];
  const events = server.app.get(EventBus);
  events.on('model.loaded', ({ name }) => told.push(`+${name}`));
  events.on('model.unloaded', ({ name }) => told.push(`-${name}`));
}

function put(name: string, size: number): Promise<void> {
  const path = join(folder.path, 'models/checkpoints', name);
  return writeSparse(path, { ...safetensors(SAMPLES.sd1), size });
}

beforeEach(async () => {
  folder = await temporaryFolder();
  await put('a.safetensors', 9.5 * MIB);
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

async function done(body: object, kind: string): Promise<void> {
  const id = await submitted(server.app, token, body, kind);
  expect(await jobEnd(server.app, token, id)).toMatchObject({ status: 'completed' });
}

const enlarge = (options: object = {}) => done({ image, ...options }, 'upscale');

const draw = () =>
  done({ prompt: 'x', width: 64, height: 64, steps: 2, model_name: 'a' }, 'text2img');

const load = async (body: object) => (await models.send('POST', `/${x4}/load`, body)).status;

const loadedNames = () => models.names('?loaded=true');

describe('an upscaler', () => {
  it('is in memory once it was used, and can be loaded and unloaded by request', async () => {
    await boot();
    await enlarge();
    expect(await loadedNames()).toEqual([x4]);
    const { load: way, size } = await models.model(x4);
    expect(way).toMatchObject({ memory_estimate: size, components: {} });
    expect((await models.send('POST', `/${x4}/unload`)).status).toBe(200);
    expect(await load({ n_threads: 2 })).toBe(200);
    await enlarge();
    expect(engine.loads.map(({ enlarges, options }) => [enlarges, options.threads])).toEqual([
      [true, 0],
      [true, 2],
    ]);
    expect(told).toEqual([`+${x4}`, `-${x4}`, `+${x4}`]);
  });

  it('takes no options but its own', async () => {
    await boot();
    const reply = await models.send('POST', `/${x4}/load`, { vae: 'a', vae_on_cpu: true });
    expect([reply.status, errorOf(reply).code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(errorOf(reply).message).toContain('vae_on_cpu');
    expect(engine.loads).toEqual([]);
  });

  it('stays beside the model that draws where one is kept, and in tiles is another one', async () => {
    await boot({ ATELIER_MODELS_KEPT: '1' });
    await draw();
    await enlarge();
    await draw();
    expect(told).toEqual(['+a.safetensors', `+${x4}`]);
    await enlarge({ tile_size: 32 });
    expect(engine.loads.at(-1)?.options).toMatchObject({ tileSize: 32 });
    expect(await engine.loaded()).toHaveLength(2);
  });

  it('counts for the memory: it makes room, and room is made for it', async () => {
    await boot({ ATELIER_MODELS_MEMORY_MB: '10' });
    await enlarge();
    await draw();
    expect(await loadedNames()).toEqual(['a.safetensors']);
    await enlarge();
    expect(await loadedNames()).toEqual([x4]);
  });
});
