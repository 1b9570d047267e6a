import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { bearer } from '../../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../../support/folder.js';
import { createKey } from '../../support/keys.js';
import { startOpenai, type OpenaiServer } from '../../support/openai.js';
import { gguf, SAMPLES, writeSparse } from '../../support/weight-files.js';
import { OpenaiEngine, type OpenaiSettings, type Stored } from './openai.js';

const engine = FakeEngine.instant();
const WISH = { prompt: 'a lovely cat', size: '128x64' };

let folder: TemporaryFolder;
let openai: OpenaiServer;
let key: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  const kontext = join(folder.path, 'diffusion_models/flux1-kontext-dev.gguf');
  await writeSparse(kontext, gguf(SAMPLES.flux));
  openai = await startOpenai(engine, {
    ATELIER_MODELS_DIR: folder.path,
    // Whoever fetches a picture has to show who they are.
    ATELIER_FILES_ACCESS: 'owner',
  });
  key = (await createKey(openai.server.app, bearer(openai.anna.token))).key;
});

afterAll(async () => {
  await openai.close();
  await folder.remove();
});

function openWebui(settings: Partial<OpenaiSettings> = {}): OpenaiEngine {
  return new OpenaiEngine({ base: openai.anna.base, key, ...settings });
}

async function sizesOf(pictures: Stored[]): Promise<unknown[]> {
  return Promise.all(
    pictures.map(async ({ type, bytes }) => {
      const { format, width, height } = await sharp(bytes).metadata();
      return { type, format, width, height };
    }),
  );
}

function picture(background: string): Promise<Buffer> {
  const create = { width: 128, height: 64, channels: 3, background } as const;
  return sharp({ create }).png().toBuffer();
}

const PNG = { type: 'image/png', format: 'png', width: 128, height: 64 };

describe('Open WebUI with its engine "openai"', () => {
  it('lists the models', async () => {
    expect(await openWebui().models()).toEqual(
      expect.arrayContaining(['tiny-emoji', 'flux1-kontext-dev.gguf']),
    );
  });

  it.each([
    ['as it is set up at first', {}],
    ['with a model of this server', { model: 'tiny-emoji' }],
    ['with a model that is not asked for base64', { model: 'gpt-image-1' }],
    ['with an address that has a version', { version: '2024-02-01' }],
  ])('draws, %s', async (_, settings) => {
    const pictures = await openWebui(settings).generate({ ...WISH, n: 2 });
    expect(await sizesOf(pictures)).toEqual([PNG, PNG]);
  });

  it('fetches pictures from their addresses as the same caller', async () => {
    const settings = { model: 'tiny-emoji', withoutForm: /./, params: { output_format: 'jpeg' } };
    const pictures = await openWebui(settings).generate(WISH);
    expect(await sizesOf(pictures)).toEqual([{ ...PNG, type: 'image/jpeg', format: 'jpeg' }]);
  });

  it('adds what its administrator has set', async () => {
    const params = { quality: 'hd', steps: 3, negative_prompt: 'dog', seed: 7 };
    await openWebui({ params }).generate(WISH);
    const [job] = await openai.jobs(openai.anna);
    const options = { prompt: 'a lovely cat', steps: 3, negative_prompt: 'dog', seed: 7 };
    expect(job!.parameters).toMatchObject({ options });
  });

  it('edits one picture', async () => {
    const pictures = await openWebui().edit({ ...WISH, n: 1 }, [await picture('red')]);
    expect(await sizesOf(pictures)).toEqual([PNG]);
    expect((await openai.jobs(openai.anna))[0]).toMatchObject({ kind: 'img2img' });
  });

  it('edits several pictures together', async () => {
    const both = [await picture('red'), await picture('blue')];
    const pictures = await openWebui({ model: 'flux1-kontext-dev' }).edit(WISH, both);
    expect(await sizesOf(pictures)).toEqual([PNG]);
    expect(engine.requests.at(-1)!.refImages).toHaveLength(2);
  });
});

describe('Open WebUI that is refused', () => {
  it.each([
    ['no key', { key: '' }, '401: '],
    ['a key that there is not', { key: 'sk-no-such-key' }, '401: '],
    ['a model that there is not', { model: 'no-such-model' }, '404: .*no-such-model.*tiny-emoji'],
    ['a field that there is not', { params: { no_such: 1 } }, '400: .*no_such'],
    ['a background that there is not', { params: { background: 'transparent' } }, '400: .*opaque'],
  ])('shows why: %s', async (_, settings, why) => {
    const before = (await openai.jobs(openai.anna)).length;
    await expect(openWebui(settings).generate(WISH)).rejects.toThrow(new RegExp(`^${why}`));
    expect(await openai.jobs(openai.anna)).toHaveLength(before);
  });

  it.each([
    ['size', { size: 'huge' }],
    ['n', { n: 11 }],
  ])('shows what is wrong with the %s', async (field, wrong) => {
    const wish = { ...WISH, ...wrong };
    await expect(openWebui().generate(wish)).rejects.toThrow(new RegExp(`^400: ${field} must`));
  });

  it('shows why several pictures cannot be edited together', async () => {
    const both = [await picture('red'), await picture('blue')];
    await expect(openWebui().edit(WISH, both)).rejects.toThrow('400: image must be one picture');
  });
});
