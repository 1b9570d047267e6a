import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { formOf } from '../support/form.js';
import { sha256Of } from '../support/hub.js';
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

describe('an upload', () => {
  async function upload(fields: Parameters<typeof formOf>[0]): Promise<Reply> {
    const { headers, payload } = formOf(fields);
    return send(
      server.app,
      'POST',
      '/api/models/upload',
      { ...bearer(token), ...headers },
      payload,
    );
  }

  it('is a model at once, whichever field comes first', async () => {
    await boot();
    const bytes = weights();
    const file = { name: 'C:\\models\\a.safetensors', bytes };
    const reply = await upload({ model_type: 'lora', subfolder: 'people', file });
    expect(reply).toMatchObject({
      status: 201,
      body: {
        filename: 'a.safetensors',
        model_type: 'lora',
        subfolder: 'people',
        path: 'loras/people/a.safetensors',
        size: bytes.length,
        sha256: sha256Of(bytes),
      },
    });
    expect(await readFile(onDisk('loras/people/a.safetensors'))).toEqual(bytes);
    expect(await models.model('a')).toMatchObject({ type: 'lora', sha256: sha256Of(bytes) });
    const second = await upload({
      file: { name: 'b.safetensors', bytes: weights('vae') },
      model_type: 'vae',
    });
    expect(second.body).toMatchObject({ path: 'vae/b.safetensors' });
    expect(await filesBelow()).toEqual(['a.safetensors', 'b.safetensors']);
  });

  it('may be larger than any other body', async () => {
    await boot({ env: { ATELIER_BODY_LIMIT_MB: '1' } });
    const bytes = Buffer.concat([Buffer.from('PK'), Buffer.alloc(3 << 20)]);
    const reply = await upload({ model_type: 'embedding', file: { name: 'a.pt', bytes } });
    expect(reply.status).toBe(201);
    expect(await readFile(onDisk('embeddings/a.pt'))).toEqual(bytes);
  });

  it('replaces nothing', async () => {
    await boot();
    const there = await put('loras/a.safetensors');
    const file = { name: 'a.safetensors', bytes: weights() };
    for (const fields of [
      { model_type: 'lora', file },
      { file, model_type: 'lora' },
    ]) {
      const reply = await upload(fields);
      expect(reply.status).toBe(409);
      expect(errorOf(reply).message).toContain('"loras/a.safetensors"');
    }
    expect(await readFile(onDisk('loras/a.safetensors'))).toEqual(there);
  });

  it('is refused for what it is, where it would go, and how much it is', async () => {
    await boot({ env: { ATELIER_MODEL_FILE_MB: '1' } });
    const good = { name: 'a.safetensors', bytes: weights() };
    const refusals: [number, Parameters<typeof formOf>[0]][] = [
      [400, { model_type: 'lora', file: { name: 'a.sh', bytes: weights() } }],
      [400, { model_type: 'lora', file: { name: '.gguf', bytes: weights() } }],
      [400, { model_type: 'nothing', file: good }],
      [400, { file: good }],
      [400, { model_type: 'lora' }],
      [400, { model_type: 'lora', subfolder: '../..', file: good }],
      [400, { file: good, model_type: 'lora', subfolder: '/etc' }],
      [400, { model_type: 'lora', file: good, more: 'x' }],
      [400, { model_type: 'lora', other: good }],
      [422, { model_type: 'lora', file: { ...good, bytes: weights().subarray(0, 9000) } }],
      [
        422,
        { model_type: 'lora', file: { name: 'a.gguf', bytes: Buffer.from('GGUF and no more') } },
      ],
      [413, { model_type: 'lora', file: { ...good, bytes: Buffer.alloc(2 << 20) } }],
    ];
    for (const [status, fields] of refusals) {
      const reply = await upload(fields);
      expect([reply.status, Object.keys(fields)]).toEqual([status, Object.keys(fields)]);
    }
    expect(await filesBelow()).toEqual([]);
    const plain = await models.send('POST', '/upload', { model_type: 'lora' });
    expect(plain.status).toBe(415);
  });

  it('that breaks off leaves nothing', async () => {
    await boot();
    const { headers, payload } = formOf({
      model_type: 'lora',
      file: { name: 'a.safetensors', bytes: weights() },
    });
    const broken = payload.subarray(0, payload.length - 2000);
    const all = { ...bearer(token), ...headers };
    const reply = await send(server.app, 'POST', '/api/models/upload', all, broken);
    expect(reply.status).toBe(400);
    expect(await filesBelow()).toEqual([]);
  });

  it('is refused where the disk would be filled', async () => {
    await boot({ env: { ATELIER_DISK_RESERVE_MB: '1000000000' } });
    const file = { name: 'a.safetensors', bytes: weights() };
    expect((await upload({ model_type: 'lora', file })).status).toBe(507);
    expect(await filesBelow()).toEqual([]);
  });
});

it('a start removes what earlier runs left unfinished, and nothing that is young or not ours', async () => {
  const name = '.atelier-0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44';
  const long = new Date(Date.now() - 8 * 86_400_000);
  for (const file of [
    `loras/${name}.gguf`,
    'loras/.keep',
    'loras/a.gguf.part',
    'loras/b.gguf.part',
  ]) {
    await put(file);
    await utimes(onDisk(file), long, long);
  }
  await put(`vae/${name}`);
  await mkdir(join(folder.path, 'downloads'));
  for (const [state, part] of [
    ['old', 'a'],
    ['young', 'b'],
  ] as const) {
    const path = join(folder.path, 'downloads', `${state}.json`);
    const text = JSON.stringify({ path: onDisk(`loras/${part}.gguf`), bytes: 1, source: '' });
    await writeFile(path, text);
    if (state === 'old') await utimes(path, long, long);
  }
  await boot();
  await until('the old ones are gone', 10_000, async () => (await filesBelow()).length === 3);
  expect(await filesBelow()).toEqual([name, '.keep', 'b.gguf.part'].toSorted());
  expect(await readdir(join(folder.path, 'downloads'))).toEqual(['young.json']);
});
