import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { errorOf, tokenOf, type Reply } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { cancel, jobEnd, jobWhen } from '../support/jobs.js';
import { ModelsClient } from '../support/models.js';
import { until } from '../support/until.js';
import { weights } from '../support/weight-files.js';

let folder: TemporaryFolder;
let server: TestApp;
let token: string;
const models = new ModelsClient(
  () => server.app,
  () => token,
);

const onDisk = (name: string): string => join(folder.path, 'models', name);

async function boot(options: TestAppOptions = {}): Promise<void> {
  server = await createTestApp({
    dataDir: folder.path,
    ...options,
    env: { ATELIER_DISK_RESERVE_MB: '1', ATELIER_DRAIN_SECONDS: '0', ...options.env },
  });
  token = await tokenOf(server.app);
}

async function put(name: string, bytes = weights()): Promise<Buffer> {
  await mkdir(join(onDisk(name), '..'), { recursive: true });
  await writeFile(onDisk(name), bytes);
  return bytes;
}

async function filesBelow(): Promise<string[]> {
  const entries = await readdir(onDisk('.'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted();
}

beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(onDisk('.'));
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

describe('a conversion', () => {
  const convert = (body: object): Promise<Reply> =>
    models.send('POST', '/convert', { output_type: 'q8_0', ...body });

  async function converted(body: object): Promise<{ status: string; code?: string }> {
    const reply = await convert(body);
    if (reply.status !== 202) throw new Error(`Not accepted: ${JSON.stringify(reply.body)}`);
    const { status, error } = await jobEnd(server.app, token, reply.body['job_id'] as string);
    return { status, ...error };
  }

  it('goes to the weight types that the engine can write', async () => {
    const engine = FakeEngine.instant();
    await boot({ engine });
    const { body } = await models.send('GET', '/convert');
    expect(body).toEqual({ weight_types: (await engine.facts()).conversionTypes });
  });

  it('makes a model beside the one it was made of', async () => {
    const engine = FakeEngine.instant();
    await boot({ engine });
    const bytes = await put('loras/old/a.safetensors');
    const vae = await put('vae/soft.safetensors', weights('vae'));
    expect(vae.length).toBeGreaterThan(0);
    const reply = await convert({
      model: 'a',
      vae: 'soft',
      tensor_type_rules: 'up=f16,^down=q8_0',
    });
    expect(reply.body).toMatchObject({ output: 'loras/old/a.q8_0.gguf' });
    const job = await jobEnd(server.app, token, reply.body['job_id'] as string);
    expect(job).toMatchObject({ status: 'completed', kind: 'convert', lane: 'engine' });
    expect(engine.conversions).toMatchObject([
      {
        inputPath: onDisk('loras/old/a.safetensors'),
        outputType: 'q8_0',
        vaePath: onDisk('vae/soft.safetensors'),
        tensorTypeRules: 'up=f16,^down=q8_0',
      },
    ]);
    expect(await models.model('a.q8_0.gguf')).toMatchObject({ type: 'lora', size: bytes.length });
    expect(await filesBelow()).toEqual(['a.q8_0.gguf', 'a.safetensors', 'soft.safetensors']);
  });

  it('of an embedded model lies in the folder of its type', async () => {
    await boot();
    const { body } = await convert({ model: 'tiny-emoji' });
    expect(body).toMatchObject({ output: 'diffusion_models/tiny-emoji.dit.q8_0.gguf' });
    await jobEnd(server.app, token, body['job_id'] as string);
    expect(await filesBelow()).toEqual(['tiny-emoji.dit.q8_0.gguf']);
  });

  it('takes paths in the models folders, and no others', async () => {
    await boot();
    await put('loras/a.safetensors');
    await writeFile(join(folder.path, 'secret.safetensors'), weights());
    await symlink(join(folder.path, 'secret.safetensors'), onDisk('loras/link.safetensors'));
    await symlink(folder.path, onDisk('out'));
    const model = onDisk('loras/a.safetensors');
    expect(await converted({ model, output: onDisk('loras/x/b.gguf') })).toEqual({
      status: 'completed',
    });
    expect(await converted({ model: 'loras/a.safetensors', output: 'checkpoints/c.gguf' })).toEqual(
      {
        status: 'completed',
      },
    );
    expect(await converted({ model: 'a', output: 'd.safetensors' })).toEqual({
      status: 'completed',
    });
    for (const outside of [
      join(folder.path, 'secret.safetensors'),
      onDisk('../secret.safetensors'),
      '../secret.safetensors',
      onDisk('loras/link.safetensors'),
      '/etc/passwd',
      `${model}\0`,
    ])
      expect([outside, errorOf(await convert({ model: outside })).code]).toEqual([
        outside,
        'MODEL_NOT_FOUND',
      ]);
    for (const output of [
      '../b.gguf',
      '/tmp/b.gguf',
      onDisk('../b.gguf'),
      'out/b.gguf',
      'b.exe',
      'b',
      '.gguf',
      '.hidden.gguf',
      'a\0.gguf',
      'loras/',
    ])
      expect([output, errorOf(await convert({ model, output })).code]).toEqual([
        output,
        'VALIDATION_ERROR',
      ]);
    expect(await readdir(folder.path)).not.toContain('b.gguf');
  });

  it('overwrites nothing', async () => {
    const { engine, open } = FakeEngine.blocking();
    await boot({ engine });
    await put('loras/a.safetensors');
    const there = await put('loras/b.gguf');
    const refused = await convert({ model: 'a', output: 'b.gguf' });
    expect(refused.status).toBe(409);
    const first = await convert({ model: 'a' });
    expect(errorOf(await convert({ model: 'a' }))).toMatchObject({ code: 'MODEL_EXISTS' });
    const id = first.body['job_id'] as string;
    await until('it is being converted', 10_000, () => engine.conversions.length === 1);
    await put('loras/a.q8_0.gguf', there);
    open();
    expect(await jobEnd(server.app, token, id)).toMatchObject({ error: { code: 'MODEL_EXISTS' } });
    expect(await readFile(onDisk('loras/a.q8_0.gguf'))).toEqual(there);
    expect(await filesBelow()).toEqual(['a.q8_0.gguf', 'a.safetensors', 'b.gguf']);
  });

  it('is cancelled, and leaves nothing', async () => {
    const { engine, open } = FakeEngine.blocking();
    await boot({ engine });
    await put('loras/a.safetensors');
    const id = (await convert({ model: 'a' })).body['job_id'] as string;
    await jobWhen(server.app, token, id, ({ phase }) => phase === 'converting');
    expect((await cancel(server.app, token, id)).status).toBe(200);
    open();
    expect(await jobEnd(server.app, token, id)).toMatchObject({ status: 'cancelled' });
    expect(await filesBelow()).toEqual(['a.safetensors']);
  });

  it('names what it can write', async () => {
    await boot();
    await put('loras/a.safetensors');
    for (const body of [
      { output_type: 'q9_9' },
      { output_type: 'i32' },
      { tensor_type_rules: 'a' },
      { tensor_type_rules: 'a=i32' },
      { tensor_type_rules: 'a=f16=q8_0' },
    ]) {
      const reply = await convert({ model: 'a', ...body });
      expect(reply.status).toBe(400);
      expect(errorOf(reply).message).toContain('q5_1, q8_0, q2_K');
    }
  });

  it('is refused where the disk would be filled', async () => {
    await boot({ env: { ATELIER_DISK_RESERVE_MB: '1000000000' } });
    await put('loras/a.safetensors');
    expect((await convert({ model: 'a' })).status).toBe(507);
  });
});
