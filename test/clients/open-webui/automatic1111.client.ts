import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PHOTO, SD15, startA1111, type A1111Server } from '../../support/a1111.js';
import { ADMIN_PASSWORD } from '../../support/app.js';
import { bearer, tokenOf } from '../../support/auth.js';
import { createKey } from '../../support/keys.js';
import { Automatic1111Engine, type Automatic1111Settings } from './automatic1111.js';

let a1111: A1111Server;

beforeAll(async () => {
  a1111 = await startA1111();
});

afterAll(() => a1111.close());

function openWebui(settings: Partial<Automatic1111Settings> = {}): Automatic1111Engine {
  return new Automatic1111Engine({
    base: a1111.base,
    auth: `anna:${ADMIN_PASSWORD}`,
    ...settings,
  });
}

describe('Open WebUI with its engine "automatic1111"', () => {
  it('verifies, lists the models and chooses one of them for its own account', async () => {
    const anna = openWebui();
    await anna.verify();
    const models = await anna.models();
    expect(models).toContainEqual({ id: PHOTO, name: 'SD1x/photo' });
    const berta = openWebui({ auth: `berta:${ADMIN_PASSWORD}` });
    const [before, others] = [await anna.model(), await berta.model()];
    expect(before).not.toContain(SD15);
    expect(await anna.setModel(SD15)).toBe(200);
    expect(await anna.model()).toContain(SD15);
    expect(await berta.model()).toBe(others);
  });

  it('draws, in the size and the number that its user wants', async () => {
    const wish = { prompt: 'a lovely cat', n: 2, size: '128x64', steps: 3, negativePrompt: 'dog' };
    const { pictures, info } = await openWebui({
      params: { sampler_name: 'DPM++ 2M', scheduler: 'karras', cfg_scale: 4 },
    }).generate(wish);
    const sizes = await Promise.all(pictures.map((picture) => sharp(picture).metadata()));
    expect(sizes.map(({ format, width, height }) => ({ format, width, height }))).toEqual([
      { format: 'png', width: 128, height: 64 },
      { format: 'png', width: 128, height: 64 },
    ]);
    expect(JSON.parse(String(info))).toMatchObject({
      all_prompts: ['a lovely cat', 'a lovely cat'],
      negative_prompt: 'dog',
      steps: 3,
      cfg_scale: 4,
      sampler_name: 'DPM++ 2M',
    });
  });

  it('draws with nothing but a prompt', async () => {
    const { pictures } = await openWebui().generate({ prompt: 'a lovely cat', steps: 1 });
    const { width, height } = await sharp(pictures[0]).metadata();
    expect([width, height]).toEqual([512, 512]);
  });

  it('may have an API key in the place of the password, and an address that ends in a slash', async () => {
    const owner = bearer(await tokenOf(a1111.server.app, 'anna'));
    const { key } = await createKey(a1111.server.app, owner);
    await expect(openWebui({ auth: `anything:${key}` }).models()).resolves.not.toEqual([]);
    await expect(openWebui({ base: `${a1111.base}/` }).models()).resolves.not.toEqual([]);
  });
});

describe('Open WebUI that is refused', () => {
  it.each([
    ['nothing was entered', undefined],
    ['an empty text was entered', ''],
    ['a wrong password was entered', 'anna:wrong'],
  ])('says so where %s', async (_, auth) => {
    const stranger = openWebui({ auth });
    await expect(stranger.verify()).rejects.toThrow('refused');
    // It reads the body as JSON whatever the status, so that a page of HTML would be worse.
    await expect(stranger.generate({ prompt: 'a lovely cat' })).rejects.toThrow("'images'");
  });

  it('keeps its model where there is none of the other name', async () => {
    const anna = openWebui();
    const before = await anna.model();
    expect(await anna.setModel('no-such-model.safetensors [0123456789]')).toBe(404);
    expect(await anna.model()).toBe(before);
  });

  it.each([{ size: '100000x100000' }, { size: '511x512' }, { n: 0 }, { steps: 0 }])(
    'shows no picture for %j',
    async (wrong) => {
      await expect(openWebui().generate({ prompt: 'a lovely cat', ...wrong })).rejects.toThrow(
        "'images'",
      );
    },
  );
});
