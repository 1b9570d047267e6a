import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthService, type Principal } from '../../src/auth/index.js';
import { FakeEngine } from '../../src/engine/index.js';
import { GenerateService, ModelChoices, usualFor } from '../../src/generate/index.js';
import { JobEnds } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { jobOf } from '../support/jobs.js';
import { safetensors, SAMPLES, writeSparse } from '../support/weight-files.js';

const SLOT = { client: 'test', what: 'drawing' } as const;

let folder: TemporaryFolder;
let server: TestApp;
let choices: ModelChoices;
let engine: FakeEngine;
let anna: Principal;
let berta: Principal;

async function principal(name: string): Promise<Principal> {
  const token = await tokenOf(server.app, name);
  return server.app.get(AuthService, { strict: false }).authenticateToken(token);
}

async function boot(with_ = FakeEngine.instant()): Promise<void> {
  engine = with_;
  server = await createTestApp({ dataDir: folder.path, engine });
  choices = server.app.get(ModelChoices, { strict: false });
  for (const name of ['anna', 'berta']) await addUser(server.app, name, 'user');
  [anna, berta] = [await principal('anna'), await principal('berta')];
}

beforeEach(async () => {
  folder = await temporaryFolder();
  const models = join(folder.path, 'models');
  for (const name of ['a', 'b'])
    await writeSparse(join(models, `checkpoints/${name}.safetensors`), safetensors(SAMPLES.sd1));
  await writeSparse(join(models, 'vae/soft.safetensors'), safetensors(SAMPLES.vae));
  const whole = safetensors(SAMPLES.sd1);
  const short = { ...whole, size: whole.start.length + 8 };
  await writeSparse(join(models, 'checkpoints/short.safetensors'), short);
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

async function draw(user: Principal): Promise<string> {
  const { model, options } = await choices.needed(user, SLOT);
  const usual = usualFor('text2img', options);
  const body = { ...usual, prompt: 'x', width: 64, height: 64, steps: 1, model_name: model.id };
  const generate = server.app.get(GenerateService, { strict: false });
  const id = await generate.submit(user, 'text2img', body);
  await ended(id);
  return id;
}

async function ended(id: string): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  expect(await server.app.get(JobEnds, { strict: false }).wait(id, signal)).toBe(true);
}

describe('a choice', () => {
  it('is the default model until there is one, and again when it is forgotten', async () => {
    await boot();
    const usual = { name: 'tiny-emoji', chosen: false, loading: null, problem: null };
    expect(await choices.of(anna, SLOT)).toMatchObject(usual);
    await choices.choose(anna, SLOT, { model: 'a' });
    expect(await choices.of(anna, SLOT)).toMatchObject({ name: 'a.safetensors', chosen: true });
    await choices.forget(anna, SLOT);
    expect(await choices.of(anna, SLOT)).toMatchObject(usual);
  });

  it('is nobody else’s, nor that of another API', async () => {
    await boot();
    await choices.choose(anna, SLOT, { model: 'a' });
    await choices.choose(berta, SLOT, { model: 'b', options: { vae_path: 'soft' } });
    expect((await choices.of(anna, SLOT)).name).toBe('a.safetensors');
    expect((await choices.of(anna, { ...SLOT, client: 'other' })).chosen).toBe(false);
    await draw(anna);
    await draw(berta);
    expect(engine.loads.map(({ name, files }) => [name, 'vae' in files])).toEqual([
      ['a.safetensors', false],
      ['b.safetensors', true],
    ]);
  });

  it('counts for the jobs after it: a job keeps the model that it was submitted with', async () => {
    const { engine: gated, open } = FakeEngine.blocking();
    await boot(gated);
    await choices.choose(anna, SLOT, { model: 'a' });
    const first = draw(anna);
    await choices.choose(anna, SLOT, { model: 'b' });
    const second = draw(anna);
    open();
    const token = await tokenOf(server.app, 'anna');
    const jobs = await Promise.all(
      [first, second].map(async (id) => jobOf(server.app, token, await id)),
    );
    expect(jobs.map(({ model }) => model)).toEqual(['a.safetensors', 'b.safetensors']);
  });

  it('can be none', async () => {
    await boot();
    await choices.clear(anna, SLOT);
    await expect(choices.needed(anna, SLOT)).rejects.toMatchObject({
      status: 400,
      code: 'NO_MODEL_LOADED',
      message: 'No model loaded',
    });
  });

  it.each([
    ['what is not there', { model: 'no-such' }, 404, 'MODEL_NOT_FOUND'],
    ['what draws nothing', { model: 'soft' }, 404, 'MODEL_NOT_FOUND'],
    ['a file that is too short', { model: 'short' }, 409, 'MODEL_DAMAGED'],
    [
      'a part that is not there',
      { model: 'a', options: { vae_path: 'x' } },
      400,
      'VALIDATION_ERROR',
    ],
    [
      'an option out of bounds',
      { model: 'a', options: { n_threads: -7 } },
      400,
      'VALIDATION_ERROR',
    ],
    ['an unknown option', { model: 'a', options: { colour: 1 } }, 400, 'VALIDATION_ERROR'],
    ['what is of one request', { model: 'a', options: { prompt: 'x' } }, 400, 'VALIDATION_ERROR'],
  ])('is refused for %s', async (_name, wanted, status, code) => {
    await boot();
    await expect(choices.choose(anna, SLOT, wanted)).rejects.toMatchObject({ status, code });
    await expect(choices.load(anna, SLOT, wanted)).rejects.toMatchObject({ status, code });
    expect((await choices.of(anna, SLOT)).chosen).toBe(false);
  });
});

describe('loading a choice', () => {
  it('is a job that makes the model ready as later jobs want it', async () => {
    await boot();
    const id = await choices.load(anna, SLOT, { model: 'a', options: { vae_path: 'soft' } });
    await ended(id);
    await draw(anna);
    const vae = join(folder.path, 'models/vae/soft.safetensors');
    expect(engine.loads).toMatchObject([{ name: 'a.safetensors', files: { vae } }]);
    expect(engine.requests).toHaveLength(1);
  });

  it('is told while it lasts, goes one at a time for each, and holds up nobody’s choice', async () => {
    const { engine: gated, open } = FakeEngine.loadingWaits();
    await boot(gated);
    const id = await choices.load(anna, SLOT, { model: 'a' });
    expect(await choices.of(anna, SLOT)).toMatchObject({ loading: { jobId: id }, problem: null });
    await expect(choices.load(anna, SLOT, { model: 'b' })).rejects.toMatchObject({
      status: 409,
      loading: 'a.safetensors',
    });
    const other = await choices.load(berta, SLOT, { model: 'b' });
    open();
    await Promise.all([ended(id), ended(other)]);
    expect(await choices.of(anna, SLOT)).toMatchObject({ name: 'a.safetensors', loading: null });
    expect(await choices.of(berta, SLOT)).toMatchObject({ name: 'b.safetensors', loading: null });
  });

  it('ends when it is cleared', async () => {
    const { engine: gated, open } = FakeEngine.loadingWaits();
    await boot(gated);
    const id = await choices.load(anna, SLOT, { model: 'a' });
    expect(await choices.clear(anna, SLOT)).toMatchObject({ name: 'a.safetensors' });
    await ended(id);
    open();
    const token = await tokenOf(server.app, 'anna');
    expect((await jobOf(server.app, token, id)).status).toBe('cancelled');
  });

  it('that fails says why, to its owner alone', async () => {
    await boot(FakeEngine.loadingFails('the file is damaged'));
    await ended(await choices.load(anna, SLOT, { model: 'a' }));
    const { model, problem } = await choices.of(anna, SLOT);
    expect(model).toBeNull();
    expect(problem).toContain('the file is damaged');
    await expect(choices.needed(anna, SLOT)).rejects.toThrow(/^No model loaded: .*damaged/);
    expect(await choices.of(berta, SLOT)).toMatchObject({ chosen: false, problem: null });
  });
});
