import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { readPictureTexts } from '../../../src/files/index.js';
import { HistoryService, type JobDetails } from '../../../src/queue/index.js';
import { PHOTO, SD15, SDXL, startA1111, type A1111Server } from '../../support/a1111.js';
import { ADMIN_PASSWORD } from '../../support/app.js';
import { until } from '../../support/until.js';
import { ownerOf } from '../../support/workshop.js';
import { SdcppSource, WebuiSource, type Wish } from './sillytavern.js';

const WISH: Wish = {
  prompt: 'a lovely cat',
  width: 64,
  height: 64,
  steps: 3,
  seed: -1,
  sampler: 'DPM++ 2M',
  scheduler: 'karras',
};

async function sizeOf(picture: Buffer): Promise<unknown> {
  const { format, width, height } = await sharp(picture).metadata();
  return { format, width, height };
}

async function newestJob({ server, annaId }: A1111Server): Promise<JobDetails | undefined> {
  const history = server.app.get(HistoryService, { strict: false });
  return (await history.list(ownerOf(annaId), { limit: 1 })).jobs[0];
}

describe('SillyTavern with its source "auto"', () => {
  let a1111: A1111Server;

  beforeAll(async () => {
    a1111 = await startA1111(FakeEngine.slow(20));
  });

  afterAll(() => a1111.close());

  /** Whatever path its user has typed, it keeps the host alone. */
  function sillyTavern(auth: string | undefined = `anna:${ADMIN_PASSWORD}`): WebuiSource {
    return new WebuiSource({ url: `${a1111.base}/some/path/`, auth });
  }

  it('connects, and fills its lists', async () => {
    const anna = sillyTavern();
    await anna.ping();
    expect(await anna.upscalers()).toEqual(
      expect.arrayContaining(['None', 'Latent', 'Lanczos', 'RealESRGAN_x4plus']),
    );
    expect(await anna.samplers()).toEqual(expect.arrayContaining(['Euler a', 'DPM++ 2M']));
    expect(await anna.schedulers()).toEqual(expect.arrayContaining(['automatic', 'karras']));
    expect(await anna.vaes()).toEqual(['vae-ft-mse-840000-ema-pruned.safetensors']);
    expect(await anna.models()).toEqual(expect.arrayContaining([SD15, SDXL, PHOTO]));
    expect(await anna.model()).toContain('tiny-emoji');
  });

  it('chooses a model, and need not wait, whatever others draw', async () => {
    const berta = sillyTavern(`berta:${ADMIN_PASSWORD}`);
    const drawing = berta.generate({ ...WISH, steps: 40 });
    expect(await sillyTavern().setModel(SDXL)).toBe(1);
    expect(await sillyTavern().model()).toContain(SDXL);
    expect(await berta.model()).not.toContain(SDXL);
    await drawing;
  });

  it('draws', async () => {
    const picture = await sillyTavern().generate({ ...WISH, seed: 7 });
    expect(await sizeOf(picture)).toEqual({ format: 'png', width: 64, height: 64 });
    expect((await newestJob(a1111))!.parameters).toMatchObject({
      options: { seed: 7, sampling_method: 'dpm++2m', scheduler: 'karras', steps: 3 },
    });
  });

  it('draws twice as large, with a VAE of its choice', async () => {
    const hires = { upscaler: 'Latent', scale: 2, steps: 0, denoising: 0.5 };
    const vae = 'vae-ft-mse-840000-ema-pruned.safetensors';
    const anna = sillyTavern();
    await anna.setModel(SD15);
    const picture = await anna.generate({ ...WISH, hires, vae, scheduler: 'normal' });
    expect((await newestJob(a1111))!.parameters).toMatchObject({
      options: { hires_fix: true, hires_scale: 2, hires_denoising_strength: 0.5 },
    });
    expect(await sizeOf(picture)).toMatchObject({ format: 'png' });
  });

  it('leaves nothing of its address and its password with the job', async () => {
    await sillyTavern().generate(WISH);
    const { origin } = (await newestJob(a1111))!;
    expect(origin!.params).toMatchObject({ prompt: 'a lovely cat', save_images: true });
    expect(Object.keys(origin!.params)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(url|auth)$/)]),
    );
  });

  it('ends its picture when its user aborts', async () => {
    const anna = sillyTavern();
    const drawing = anna.generate({ ...WISH, steps: 150 });
    const job = await until('its job', 5000, async () => {
      const newest = await newestJob(a1111);
      return newest?.status === 'processing' && newest;
    });
    await anna.interrupt();
    expect(await drawing).toHaveLength(0);
    expect(await newestJob(a1111)).toMatchObject({ id: job.id, status: 'cancelled', outputs: [] });
  });

  it.each([
    ['never set', undefined],
    ['emptied', ''],
    ['wrong', 'anna:wrong'],
  ])('is refused where its credential was %s', async (_, auth) => {
    // A default would stand in for what was never set.
    const stranger = new WebuiSource({ url: a1111.base, auth });
    await expect(stranger.ping()).rejects.toThrow('returned an error');
    await expect(stranger.models()).rejects.toThrow('returned an error');
    await expect(stranger.generate(WISH)).rejects.toThrow('returned an error');
  });

  it('is refused a model and a sampler that there are not', async () => {
    const anna = sillyTavern();
    await expect(anna.setModel('no-such-model')).rejects.toThrow('returned an error');
    const wrong = { ...WISH, sampler: 'no such sampler' };
    await expect(anna.generate(wrong)).rejects.toThrow('returned an error');
  });
});

describe('a server that lets everybody in', () => {
  let a1111: A1111Server;
  let engine: FakeEngine;

  beforeAll(async () => {
    engine = FakeEngine.instant();
    a1111 = await startA1111(engine, { ATELIER_AUTH_METHODS: 'jwt,none' });
  });

  afterAll(() => a1111.close());

  it.each([
    ['never set', undefined],
    ['emptied', ''],
  ])('has SillyTavern in whose credential was %s', async (_, auth) => {
    const stranger = new WebuiSource({ url: a1111.base, auth });
    await stranger.ping();
    expect(await sizeOf(await stranger.generate(WISH))).toMatchObject({ width: 64 });
  });

  it('has its source "sdcpp" in, which can show no credential', async () => {
    const sdcpp = new SdcppSource({ url: `${a1111.base}/some/path` });
    await sdcpp.ping();
    await sdcpp.newerPing();
    expect(await sizeOf(await sdcpp.generate(WISH))).toEqual({
      format: 'png',
      width: 64,
      height: 64,
    });
    expect(engine.requests.at(-1)).toMatchObject({ sampler: 'euler_a', scheduler: 'discrete' });
  });

  it('draws for it with the model of its choice, where there is one of that name', async () => {
    const sdcpp = new SdcppSource({ url: a1111.base });
    const recipeOf = async (model: string): Promise<string | undefined> => {
      const picture = await sdcpp.generate(WISH, model);
      return (await readPictureTexts(picture)).parameters;
    };
    expect(await recipeOf('SD1x/photo')).toContain('Model: photo');
    expect(await recipeOf('sd-cpp-local')).toContain('Model: tiny-emoji');
  });
});

describe('a server that knows its people', () => {
  let a1111: A1111Server;

  beforeAll(async () => {
    a1111 = await startA1111();
  });

  afterAll(() => a1111.close());

  it('tells the source "sdcpp" that it is there, and refuses the rest', async () => {
    const sdcpp = new SdcppSource({ url: a1111.base });
    await sdcpp.ping();
    await expect(sdcpp.newerPing()).rejects.toThrow('returned an error');
    await expect(sdcpp.generate(WISH)).rejects.toThrow('returned an error');
  });
});
