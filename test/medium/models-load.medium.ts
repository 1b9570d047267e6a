import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { EventBus } from '../../src/events/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { errorOf, tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { cancel, jobEnd, jobWhen, submitted } from '../support/jobs.js';
import { ModelsClient } from '../support/models.js';
import { safetensors, SAMPLES, writeSparse } from '../support/weight-files.js';

let folder: TemporaryFolder;
let server: TestApp;
let token: string;
let engine: FakeEngine;
let told: string[];
const models = new ModelsClient(
  () => server.app,
  () => token,
);

function path(name: string): string {
  return join(folder.path, 'models', name);
}

async function boot(options: TestAppOptions = {}): Promise<void> {
  engine = (options.engine as FakeEngine | undefined) ?? FakeEngine.instant();
  server = await createTestApp({ dataDir: folder.path, engine, ...options });
  token = await tokenOf(server.app);
  told = [];
  const events = server.app.get(EventBus);
  events.on('model.loaded', ({ name }) => told.push(`+${name}`));
  events.on('model.unloaded', ({ name }) => told.push(`-${name}`));
}

beforeEach(async () => {
  folder = await temporaryFolder();
  for (const name of ['a', 'b']) {
    await writeSparse(path(`checkpoints/${name}.safetensors`), safetensors(SAMPLES.sd1));
  }
  await writeSparse(path('vae/soft.safetensors'), safetensors(SAMPLES.vae));
  await writeSparse(path('loras/detail.safetensors'), safetensors(SAMPLES.lora));
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

const MIB = 1024 ** 2;

const SMALL = { prompt: 'x', width: 64, height: 64, steps: 2, seed: 1 };

async function draw(model_name: string, options: object = {}): Promise<void> {
  const id = await submitted(server.app, token, { ...SMALL, model_name, ...options });
  expect((await jobEnd(server.app, token, id)).status).toBe('completed');
}

async function load(name: string, body?: object): Promise<number> {
  return (await models.send('POST', `/${name}/load`, body)).status;
}

const loadedNames = () => models.names('?loaded=true');

describe('loading', () => {
  it('makes a model ready, says so in the list and to whoever listens, and unloading ends it', async () => {
    await boot();
    const loaded = await models.send('POST', '/a/load');
    const model = 'a.safetensors';
    expect(loaded.body).toEqual({ message: 'Model loaded successfully', model });
    expect(await loadedNames()).toEqual([model]);
    const unloaded = await models.send('POST', '/a/unload');
    expect(unloaded.body).toEqual({ message: 'Model unloaded successfully', model });
    expect(await loadedNames()).toEqual([]);
    expect(told).toEqual([`+${model}`, `-${model}`]);
    const again = await models.send('POST', '/a/unload');
    expect([again.status, errorOf(again).code]).toEqual([409, 'MODEL_NOT_LOADED']);
  });

  it('twice is loading once', async () => {
    await boot();
    expect([await load('a'), await load('a')]).toEqual([200, 200]);
    expect(engine.loads).toHaveLength(1);
  });

  it('in a way makes it the way of every job that does not say otherwise, until unloading', async () => {
    await boot();
    expect(await load('a', { vae: 'soft', vae_on_cpu: true, n_threads: 3 })).toBe(200);
    await draw('a');
    expect(engine.loads).toHaveLength(1);
    expect(engine.loads[0]).toMatchObject({
      files: { model: path('checkpoints/a.safetensors'), vae: path('vae/soft.safetensors') },
      options: { vaeOnCpu: true, threads: 3 },
    });
    expect((await models.model('a')).load).toMatchObject({
      options: { vae_on_cpu: true, n_threads: 3 },
      components: { vae: 'soft.safetensors' },
      memory_estimate: (await models.model('a')).size + (await models.model('soft')).size,
    });
    await draw('a', { vae_on_cpu: false });
    expect(engine.loads[1]).toMatchObject({ options: { vaeOnCpu: false, threads: 3 } });
    await models.send('POST', '/a/unload');
    await draw('a');
    expect(engine.loads[2]).toMatchObject({ options: {}, files: {} });
    expect(engine.loads[2]?.files).not.toHaveProperty('vae');
  });

  it('takes the options of a job, under their names', async () => {
    await boot();
    const options = {
      circular_x: true,
      tensor_type_rules: 'attn=f16',
      max_vram: 0.5,
      rng_type: (await engine.facts()).rngTypes[0],
      chroma_t5_mask_pad: 1,
    };
    expect(await load('a', { ...options, vae_path: 'soft' })).toBe(200);
    await draw('a', { ...options, vae_path: 'soft' });
    expect(engine.loads).toHaveLength(1);
    const { load: way } = await models.model('a');
    expect(way).toMatchObject({ options, components: { vae: 'soft.safetensors' } });
  });

  it('in another way gives up the way before', async () => {
    await boot();
    await load('a', { vae_on_cpu: true });
    await load('a', { clip_on_cpu: true });
    expect(await engine.loaded()).toHaveLength(1);
    expect(told).toEqual(['+a.safetensors', '-a.safetensors', '+a.safetensors']);
  });

  it('keeps its way when the model had to make room', async () => {
    await boot({ env: { ATELIER_MODELS_KEPT: '1' } });
    await load('a', { vae_on_cpu: true });
    await draw('b');
    expect(await loadedNames()).toEqual(['b.safetensors']);
    expect((await models.model('a')).load).toMatchObject({ since: null });
    await draw('a');
    expect(engine.loads.at(-1)).toMatchObject({ options: { vaeOnCpu: true } });
    expect(await loadedNames()).toEqual(['a.safetensors']);
  });

  it.each<[string, string, object, number, string]>([
    ['what is not there', 'no-such', {}, 404, 'MODEL_NOT_FOUND'],
    ['with a part that is not there', 'a', { vae: 'no-such' }, 400, 'VALIDATION_ERROR'],
    ['with a part of another type', 'a', { vae: 'detail' }, 400, 'VALIDATION_ERROR'],
    ['with a file outside', 'a', { vae: '../../etc/passwd' }, 400, 'VALIDATION_ERROR'],
    ['a LoRA', 'detail', {}, 409, 'MODEL_NOT_LOADABLE'],
    ['with an unknown option', 'a', { colour: 'red' }, 400, 'VALIDATION_ERROR'],
    ['with threads below 0', 'a', { n_threads: -1 }, 400, 'VALIDATION_ERROR'],
    ['with a weight type of no engine', 'a', { weight_type: 'q0' }, 400, 'VALIDATION_ERROR'],
    ['with a text for yes', 'a', { vae_on_cpu: 'yes' }, 400, 'VALIDATION_ERROR'],
  ])('%s is refused', async (_name, name, body, status, code) => {
    await boot();
    const reply = await models.send('POST', `/${name}/load`, body);
    expect([reply.status, errorOf(reply).code]).toEqual([status, code]);
    expect(engine.loads).toEqual([]);
  });

  it('that fails says why, and leaves no way behind', async () => {
    await boot({ engine: FakeEngine.loadingFails('the file is damaged') });
    const reply = await models.send('POST', '/a/load', { vae_on_cpu: true });
    expect([reply.status, errorOf(reply).code]).toEqual([500, 'MODEL_LOAD_FAILED']);
    expect(errorOf(reply).message).toContain('the file is damaged');
    expect((await models.model('a')).load).toBeNull();
  });
});

describe('room', () => {
  it('for one model goes from one to the other', async () => {
    await boot({ env: { ATELIER_MODELS_KEPT: '1' } });
    await draw('a');
    await draw('b');
    expect(told).toEqual(['+a.safetensors', '-a.safetensors', '+b.safetensors']);
  });

  it('in MiB is counted by the sizes of the files', async () => {
    for (const name of ['a', 'b']) {
      const { start } = safetensors(SAMPLES.sd1);
      await writeSparse(path(`checkpoints/${name}.safetensors`), { start, size: 60 * MIB });
    }
    const env = { ATELIER_MODELS_KEPT: '9', ATELIER_MODELS_MEMORY_MB: '100' };
    await boot({ env: { ...env, ATELIER_MODELS_HASH: 'false' } });
    await load('a');
    await load('b');
    expect(await loadedNames()).toEqual(['b.safetensors']);
  });

  it('is not taken from a job that draws: loading waits for its end', async () => {
    const blocking = FakeEngine.blocking();
    await boot({ engine: blocking.engine, env: { ATELIER_MODELS_KEPT: '1' } });
    const id = await submitted(server.app, token, { ...SMALL, model_name: 'a' });
    await jobWhen(server.app, token, id, ({ phase }) => phase === 'encoding');
    const inUse = await models.send('POST', '/a/unload');
    expect([inUse.status, errorOf(inUse).code]).toEqual([409, 'MODEL_IN_USE']);
    const loading = load('b');
    expect(await loadedNames()).toEqual(['a.safetensors']);
    blocking.open();
    expect(await loading).toBe(200);
    expect((await jobEnd(server.app, token, id)).status).toBe('completed');
    expect(await loadedNames()).toEqual(['b.safetensors']);
  });

  it('is waited for no longer when the job is cancelled', async () => {
    const blocking = FakeEngine.blocking();
    await boot({ engine: blocking.engine, env: { ATELIER_MODELS_KEPT: '1' } });
    const first = await submitted(server.app, token, { ...SMALL, model_name: 'a' });
    await jobWhen(server.app, token, first, ({ phase }) => phase === 'encoding');
    const second = await submitted(server.app, token, { ...SMALL, model_name: 'b' });
    await cancel(server.app, token, first);
    await jobWhen(server.app, token, second, ({ phase }) => phase === 'encoding');
    expect((await cancel(server.app, token, second)).status).toBe(200);
    expect(await load('a')).toBe(200);
  });
});

describe('deleting', () => {
  it('asks first, and then deletes the file and nothing else', async () => {
    await boot();
    const asked = await models.send('DELETE', '/detail');
    expect([asked.status, errorOf(asked).code]).toEqual([409, 'CONFIRMATION_REQUIRED']);
    expect(errorOf(asked).message).toContain('loras/detail.safetensors');
    expect(errorOf(asked).message).not.toContain(folder.path);
    const { body } = await models.send('DELETE', '/detail?confirm=true');
    expect(body).toEqual({ message: 'Model deleted successfully', model: 'detail.safetensors' });
    expect(await readdir(path('loras'))).toEqual([]);
    expect(await models.names('?search=detail')).toEqual([]);
    expect(await models.names('?type=checkpoint,vae')).toHaveLength(3);
  });

  it('a bundle deletes what it names, and its folder only when that is empty', async () => {
    for (const name of ['one', 'two']) {
      await writeSparse(path(`${name}/weights.safetensors`), safetensors(SAMPLES.flux));
      const manifest = {
        name,
        type: 'diffusion',
        files: { diffusion_model: 'weights.safetensors' },
      };
      await writeFile(path(`${name}/model.json`), JSON.stringify(manifest));
    }
    await writeFile(path('two/notes.txt'), 'mine');
    await boot();
    await models.send('DELETE', '/one?confirm=true');
    await models.send('DELETE', '/two?confirm=true');
    expect(await readdir(path('.'))).toEqual(['checkpoints', 'loras', 'two', 'vae']);
    expect(await readdir(path('two'))).toEqual(['notes.txt']);
  });

  it('what is loaded is refused, also as a part of another model', async () => {
    await boot();
    await load('a', { vae: 'soft' });
    for (const name of ['a', 'soft']) {
      const reply = await models.send('DELETE', `/${name}?confirm=true`);
      expect([reply.status, errorOf(reply).code]).toEqual([409, 'MODEL_IN_USE']);
      expect(errorOf(reply).message).toContain('a.safetensors');
    }
  });

  it('the embedded model, and what a link leads to outside, is refused', async () => {
    await mkdir(join(folder.path, 'outside'));
    await writeSparse(join(folder.path, 'outside/far.safetensors'), safetensors(SAMPLES.lora));
    await symlink(join(folder.path, 'outside/far.safetensors'), path('loras/near.safetensors'));
    await symlink(join(folder.path, 'outside'), path('loras/linked'));
    await boot();
    for (const name of ['tiny-emoji', 'tiny-emoji-x4', 'near', 'far']) {
      const reply = await models.send('DELETE', `/${name}?confirm=true`);
      expect([name, reply.status, errorOf(reply).code]).toEqual([name, 403, 'MODEL_PROTECTED']);
    }
    expect((await stat(join(folder.path, 'outside/far.safetensors'))).size).toBeGreaterThan(0);
  });

  it('with an odd confirmation is refused', async () => {
    await boot();
    expect((await models.send('DELETE', '/detail?confirm=yes')).status).toBe(400);
    expect((await models.send('DELETE', '/no-such?confirm=true')).status).toBe(404);
  });
});
