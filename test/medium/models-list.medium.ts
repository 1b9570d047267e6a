import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, errorOf, tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { ModelsClient } from '../support/models.js';
import { gguf, safetensors, SAMPLES, writeSparse } from '../support/weight-files.js';

let server: TestApp;
let token: string;
let folder: TemporaryFolder;
const models = new ModelsClient(
  () => server.app,
  () => token,
);

const GIB = 1024 ** 3;

async function put(name: string, day: string, file: { start: Buffer; size: number }) {
  const path = join(folder.path, name);
  await writeSparse(path, file);
  await utimes(path, new Date(day), new Date(day));
}

beforeAll(async () => {
  folder = await temporaryFolder();
  const { sd1, sdxl, flux, lora, vae } = SAMPLES;
  await put('shelf/checkpoints/photo.safetensors', '2026-01-10', safetensors(sd1));
  await put('shelf/Stable-diffusion/deep/big.safetensors', '2026-02-10', {
    ...safetensors(sdxl, { metadata: { 'modelspec.description': 'Paints in Oil' } }),
    size: 7 * GIB,
  });
  await put('shelf/checkpoints/only-flux.gguf', '2026-03-10', {
    ...gguf(flux, { type: 8 }),
    size: 2 * GIB,
  });
  await put('shelf/Lora/detail.safetensors', '2026-04-10', safetensors(lora));
  await put('shelf/loose/some-vae.safetensors', '2026-05-10', safetensors(vae));
  await put('shelf/loose/old.ckpt', '2026-06-10', { start: Buffer.from('PK'), size: 1000 });
  await put('shelf/embeddings/broken.safetensors', '2026-07-10', {
    start: Buffer.from('these are no weights'),
    size: 1000,
  });
  await put('elsewhere/detail.safetensors', '2026-08-10', safetensors(vae));
  await mkdir(join(folder.path, 'shelf/.hidden'));
  await writeFile(join(folder.path, 'shelf/.hidden/secret.safetensors'), 'x');
  await symlink(join(folder.path, 'shelf'), join(folder.path, 'shelf/round-and-round'));
  server = await createTestApp({
    env: {
      ATELIER_MODELS_DIR: join(folder.path, 'shelf'),
      ATELIER_CONTROLNET_DIR: join(folder.path, 'elsewhere'),
      ATELIER_MODELS_WATCH: 'false',
    },
  });
  token = await tokenOf(server.app);
});

afterAll(async () => {
  await server.close();
  await folder.remove();
});

/** All that were put there, by name: the embedded ones are left out. */
const ALL = [
  'big.safetensors',
  'broken.safetensors',
  'detail.safetensors',
  'detail.safetensors',
  'old.ckpt',
  'only-flux.gguf',
  'photo.safetensors',
  'some-vae.safetensors',
];

describe('the list', () => {
  it('has what the folders hold, each once, and says what it is', async () => {
    const { models: found } = await models.page();
    const told = found
      .filter(({ embedded }) => !embedded)
      .map(({ path, type, architecture, format, quantization }) =>
        [path, type, architecture, format, quantization].join(' '),
      );
    expect(told.toSorted()).toEqual([
      'Lora/detail.safetensors lora sd1 safetensors f16',
      'Stable-diffusion/deep/big.safetensors checkpoint sdxl safetensors f16',
      'checkpoints/only-flux.gguf diffusion flux gguf q8_0',
      'checkpoints/photo.safetensors checkpoint sd1 safetensors f16',
      'detail.safetensors controlnet  safetensors f16',
      'embeddings/broken.safetensors embedding  unknown ',
      'loose/old.ckpt checkpoint  pickle ',
      'loose/some-vae.safetensors vae vae-4 safetensors f16',
    ]);
  });

  it('says why a header cannot be read, and counts the numbers of a good one', async () => {
    expect((await models.model('broken')).problem).toMatch(/not safetensors/);
    expect(await models.model('Lora/detail')).toMatchObject({ parameters: 8 * 768 + 320 * 8 });
    expect(await models.model('old.ckpt')).toMatchObject({ problem: null, parameters: null });
  });

  it('shows the embedded model as one, with what its files say', async () => {
    expect(await models.model('tiny-emoji')).toMatchObject({
      type: 'diffusion',
      format: 'bundle',
      architecture: 'z-image',
      quantization: 'q8_0',
      parameters: 20_644_179,
      embedded: true,
    });
  });

  it('shows the embedded upscaler, which no name of another type means', async () => {
    expect(await models.model('tiny-emoji-x4')).toMatchObject({
      type: 'esrgan',
      detected_type: 'esrgan',
      format: 'bundle',
      quantization: 'f16',
      embedded: true,
      problem: null,
    });
    expect(await models.names('?type=esrgan')).toEqual(['tiny-emoji-x4']);
    expect(await models.names('?type=checkpoint,diffusion')).not.toContain('tiny-emoji-x4');
  });
});

describe('a filter', () => {
  it.each<[string, string[]]>([
    ['type=lora', ['detail.safetensors']],
    ['type=lora,controlnet', ['detail.safetensors', 'detail.safetensors']],
    ['type=t5', []],
    ['problem=true', ['broken.safetensors']],
    ['problem=false&type=embedding', []],
    ['search=FLUX', ['only-flux.gguf']],
    ['search=oil', ['big.safetensors']],
    ['search=loose/', ['old.ckpt', 'some-vae.safetensors']],
    ['architecture=sd1&type=checkpoint', ['photo.safetensors']],
    ['size_category=large', ['big.safetensors']],
    ['size_category=medium', ['only-flux.gguf']],
    [`min_size=${GIB}&max_size=${3 * GIB}`, ['only-flux.gguf']],
    ['modified_after=2026-08-10&modified_before=2026-08-11', ['detail.safetensors']],
    ['date_from=2026-01-10&date_to=2026-02-10', ['big.safetensors', 'photo.safetensors']],
    ['date_from=2026-03-10T00:00:00Z&date_to=2026-03-10', ['only-flux.gguf']],
    [`date_to=${Date.UTC(2026, 0, 10) / 1000}`, ['photo.safetensors']],
    ['loaded=true', []],
    ['loaded=false&type=vae', ['some-vae.safetensors']],
  ])('%s finds %s', async (query, names) => {
    expect(await models.names(`?${query}`)).toEqual(names);
  });
});

describe('an order', () => {
  it.each<[string, string]>([
    ['sort_by=size&sort_order=desc&limit=2', 'big.safetensors only-flux.gguf'],
    ['sort_by=date&limit=2', 'photo.safetensors big.safetensors'],
    ['sort_by=type&type=lora,vae,checkpoint&limit=9', 'big old photo some-vae detail'],
    ['sort_by=name&sort_order=desc&limit=1', 'tiny-emoji-x4'],
    ['sort_by=loaded&sort_order=desc&search=detail', 'detail.safetensors detail.safetensors'],
  ])('%s gives %s', async (query, names) => {
    const found = await models.names(`?${query}`);
    const stems = found.map((name) => name.replace(/\..*$/, ''));
    expect([found.join(' '), stems.join(' ')]).toContain(names);
  });
});

describe('a page', () => {
  it('is a part of the whole, with totals', async () => {
    const all = await models.names('?limit=0');
    expect(all.filter((name) => ALL.includes(name))).toEqual(ALL);
    const { models: second, ...rest } = await models.page('?limit=3&page=2');
    expect(second.map(({ name }) => name)).toEqual(all.slice(3, 6));
    const total_pages = Math.ceil(all.length / 3);
    const pagination = { total: all.length, page: 2, limit: 3, total_pages };
    expect(rest).toEqual({ total: all.length, pagination });
  });

  it('beyond the end is empty', async () => {
    expect((await models.page('?page=99')).models).toEqual([]);
  });

  it.each([
    ['limit=-1', 'limit'],
    ['limit=many', 'limit'],
    ['page=0', 'page'],
    ['sort_by=colour', 'sort_by'],
    ['sort_order=up', 'sort_order'],
    ['type=cat', 'type'],
    ['loaded=maybe', 'loaded'],
    ['min_size=big', 'min_size'],
    ['size_category=huge', 'size_category'],
    ['date_from=yesterday', 'date_from'],
    ['modified_before=99999999999999', 'modified_before'],
    ['search=a&search=b', 'search'],
    ['colour=red', 'colour'],
  ])('of %s is refused, naming the field', async (query, field) => {
    const reply = await models.send('GET', `?${query}`);
    expect(reply.status).toBe(400);
    expect(errorOf(reply)).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(errorOf(reply).message).toContain(field);
  });
});

describe('one model', () => {
  it('is found by id, name, name without its ending, path, and hash', async () => {
    const { id, path } = await models.model('photo.safetensors');
    const { body } = await models.send('POST', `/${id}/hash`);
    const sha256 = String(body['sha256']);
    for (const name of ['photo', path, id, sha256, sha256.slice(0, 10).toUpperCase()]) {
      expect((await models.model(name)).id).toBe(id);
    }
    expect(await models.model(id)).toMatchObject({ sha256, hash_status: 'ready' });
  });

  it('of two with one name is told apart by its path', async () => {
    expect((await models.model('Lora/detail')).type).toBe('lora');
    expect((await models.model('detail.safetensors')).type).toBe('controlnet');
  });

  it.each(['no such', '..%2f..%2fetc%2fpasswd', '%00', '%20'])('%s is a 404', async (name) => {
    const reply = await models.send('GET', `/${name}`);
    expect(reply.status).toBe(404);
    expect(errorOf(reply).code).toBe('MODEL_NOT_FOUND');
  });
});

describe('another user', () => {
  it('may look, and change nothing', async () => {
    await addUser(server.app, 'ada', 'user');
    const adas = await tokenOf(server.app, 'ada');
    const ada = new ModelsClient(
      () => server.app,
      () => adas,
    );
    expect(await ada.names('?type=lora')).toEqual(['detail.safetensors']);
    expect((await ada.send('GET', '/types')).status).toBe(200);
    for (const [method, path] of [
      ['POST', '/refresh'],
      ['POST', '/photo/load'],
      ['POST', '/photo/unload'],
      ['POST', '/photo/hash'],
      ['DELETE', '/photo?confirm=true'],
    ] as const) {
      const reply = await ada.send(method, path);
      expect([method, path, reply.status]).toEqual([method, path, 403]);
    }
    expect(await models.names('?search=photo')).toEqual(['photo.safetensors']);
  });
});

describe('a refresh', () => {
  it('counts what is there, and what came, went or changed', async () => {
    const refresh = async () => (await models.send('POST', '/refresh')).body;
    const before = (await models.page()).total;
    const done = { message: 'Model refresh completed' };
    expect(await refresh()).toEqual({ ...done, models_found: before, models_updated: 0 });
    await put('shelf/Lora/new.safetensors', '2026-09-10', safetensors(SAMPLES.lora));
    expect(await refresh()).toEqual({ ...done, models_found: before + 1, models_updated: 1 });
    await put('shelf/Lora/new.safetensors', '2026-09-11', safetensors(SAMPLES.vae));
    expect(await refresh()).toEqual({ ...done, models_found: before + 1, models_updated: 1 });
    expect(await models.model('new')).toMatchObject({ type: 'lora', detected_type: 'vae' });
    await rm(join(folder.path, 'shelf/Lora/new.safetensors'));
    expect(await refresh()).toEqual({ ...done, models_found: before, models_updated: 1 });
  });
});
