import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPngTexts } from '../../../src/files/index.js';
import { HistoryService, QueueService } from '../../../src/queue/index.js';
import { CANNY, PHOTO, SD15, SDXL, startA1111, type A1111Server } from '../../support/a1111.js';
import { pictureBase64 } from '../../support/picture.js';
import { SILLYTAVERN, WEBUIAPI_TXT2IMG, WEBUIAPI_UNIT } from '../../support/webui-bodies.js';
import { ownerOf } from '../../support/workshop.js';

let a1111: A1111Server;

beforeAll(async () => {
  a1111 = await startA1111();
  await a1111.anna.post('options', { sd_model_checkpoint: SD15 });
});

afterAll(() => a1111.close());

interface Drawn {
  images: string[];
  parameters: Record<string, unknown>;
  info: string;
}

const SMALL = { prompt: 'red apple', seed: 7, steps: 2, width: 64, height: 64 };

async function draw(body: object, who = a1111.anna) {
  const { status, body: answer } = await who.post<Drawn>('txt2img', body);
  expect(answer).toMatchObject({ images: expect.any(Array) });
  expect(status).toBe(200);
  return { ...answer, recipe: JSON.parse(answer.info) as Record<string, unknown> };
}

/** What reached the engine last. */
function asked() {
  return a1111.engine.requests.at(-1)!;
}

describe('POST /sdapi/v1/txt2img', () => {
  it("takes webuiapi's complete body, and answers pictures that say how they were made", async () => {
    const { images, parameters, recipe } = await draw(WEBUIAPI_TXT2IMG);
    const png = Buffer.from(images[0]!, 'base64');
    const { parameters: infotext } = readPngTexts(png);
    expect(infotext).toContain('Steps: 4');
    expect(parameters).toMatchObject({ prompt: 'red apple', hr_sampler_name: null });
    expect(recipe).toMatchObject({
      prompt: 'red apple',
      all_prompts: ['red apple'],
      seed: 7,
      all_seeds: [7],
      width: 64,
      height: 64,
      sampler_name: 'Euler a',
      cfg_scale: 7,
      steps: 4,
      batch_size: 1,
      sd_model_name: 'v1-5-pruned-emaonly',
      infotexts: [infotext],
    });
    expect(asked()).toMatchObject({ sampler: 'euler_a', seed: 7, eta: 1 });
    expect(asked()).not.toHaveProperty('scheduler');
    expect(asked().hires).toBeUndefined();
  });

  it("takes SillyTavern's body, and keeps its secrets out of everything", async () => {
    const { parameters } = await draw(SILLYTAVERN);
    expect(asked()).toMatchObject({
      sampler: 'dpm++2m',
      scheduler: 'karras',
      clipSkip: 2,
      negativePrompt: 'pear',
    });
    expect(JSON.stringify(parameters)).not.toContain('a-secret-of-hers');
    const caller = ownerOf(a1111.annaId);
    const history = a1111.server.app.get(HistoryService);
    const { jobs } = await history.list(caller, { limit: 100 });
    expect(JSON.stringify(jobs)).not.toContain('a-secret-of-hers');
  });

  it("takes Open WebUI's body, with the default model of the server", async () => {
    const body = { prompt: 'red apple', batch_size: 2, width: 64, height: 64, steps: 2 };
    const { images, recipe } = await draw(body, a1111.berta);
    expect(images).toHaveLength(2);
    const [first, second] = recipe['all_seeds'] as number[];
    expect(second).toBe(first! + 1);
    expect(recipe['sd_model_name']).toContain('tiny-emoji');
  });

  it('fills in what the original does', async () => {
    await draw({ prompt: 'red apple', seed: 1 });
    expect(asked()).toMatchObject({ width: 512, height: 512, steps: 50, cfgScale: 7 });
  });

  it('multiplies batches, and leaves the pictures out where they are not wanted', async () => {
    const { images, recipe } = await draw({
      ...SMALL,
      batch_size: 2,
      n_iter: 2,
      send_images: false,
    });
    expect(images).toEqual([]);
    expect(recipe['all_seeds']).toEqual([7, 8, 9, 10]);
  });

  it('takes options for one request alone', async () => {
    const overrides = { sd_model_checkpoint: PHOTO, samples_format: 'webp', unknown_option: true };
    const { images, recipe } = await draw({ ...SMALL, override_settings: overrides });
    expect(recipe['sd_model_name']).toBe('SD1x/photo');
    expect(Buffer.from(images[0]!, 'base64').subarray(8, 12).toString()).toBe('WEBP');
    expect((await draw(SMALL)).recipe['sd_model_name']).toBe('v1-5-pruned-emaonly');
  });

  it('draws a second pass', async () => {
    await draw({
      ...WEBUIAPI_TXT2IMG,
      enable_hr: true,
      hr_upscaler: 'RealESRGAN_x4plus',
      hr_second_pass_steps: 3,
      hr_scale: 2,
    });
    expect(asked().hires).toMatchObject({
      enabled: true,
      upscaler: 'Model',
      modelPath: expect.stringContaining('RealESRGAN_x4plus.pth'),
      scale: 2,
      steps: 3,
      denoisingStrength: 0.7,
    });
  });

  it('uses textual inversions whose names are in a prompt', async () => {
    await draw({ ...SMALL, negative_prompt: 'bad, easynegative' });
    const { embeddings } = a1111.engine.loads.at(-1)!.options as { embeddings?: object[] };
    expect(embeddings).toMatchObject([{ name: 'easynegative' }]);
  });

  it('follows a picture with ControlNet', async () => {
    const unit = { ...WEBUIAPI_UNIT, image: await pictureBase64(), module: 'none', model: CANNY };
    await draw({ ...SMALL, alwayson_scripts: { ControlNet: { args: [unit] } } });
    expect(asked()).toMatchObject({ controlStrength: 1, controlImage: { width: 32 } });
    await draw({
      ...SMALL,
      alwayson_scripts: { controlnet: { args: [{ ...unit, module: 'canny', weight: 0.5 }] } },
    });
    expect(asked()).toMatchObject({ controlStrength: 0.5 });
  });

  it('ignores scripts that are told to do nothing, and fields that it does not know', async () => {
    const scripts = {
      ControlNet: { args: [] },
      ADetailer: { args: [false] },
      animatediff: { args: [{ enable: false }] },
    };
    const { images } = await draw({ ...SMALL, alwayson_scripts: scripts, nonsense: { deep: 1 } });
    expect(images).toHaveLength(1);
  });

  it('keeps the id that a client gives its task', async () => {
    await draw({ ...SMALL, force_task_id: 'task(1)' });
    const queue = a1111.server.app.get(QueueService);
    const caller = ownerOf(a1111.annaId);
    const [job] = await queue.tagged(caller, 'a1111.task', 'task(1)');
    expect(job?.origin).toMatchObject({ dialect: 'a1111', params: { prompt: 'red apple' } });
  });

  const UNIT = { ...WEBUIAPI_UNIT, image: 'AAAA', module: 'none', model: CANNY };

  it.each<[string, object, number, string]>([
    ['a sampler', { sampler_name: 'PLMS' }, 404, 'PLMS'],
    ['a model', { override_settings: { sd_model_checkpoint: 'no-such' } }, 404, 'no-such'],
    ['a VAE', { override_settings: { sd_vae: 'no-such' } }, 404, 'no-such'],
    ['a script', { script_name: 'X/Y/Z plot' }, 422, 'X/Y/Z plot'],
    ['an extension', { alwayson_scripts: { ADetailer: { args: [true, {}] } } }, 422, 'ADetailer'],
    [
      'a preprocessor',
      { alwayson_scripts: { ControlNet: { args: [{ ...UNIT, module: 'depth' }] } } },
      422,
      'module',
    ],
    ['two units', { alwayson_scripts: { ControlNet: { args: [UNIT, UNIT] } } }, 422, 'one unit'],
    ['faces', { restore_faces: true }, 422, 'restore_faces'],
    ['a style', { styles: ['dark'] }, 422, 'styles'],
    ['a variation', { subseed_strength: 0.5 }, 422, 'subseed_strength'],
    ['a width', { width: 63 }, 422, 'width'],
    ['a number of pictures', { batch_size: 0 }, 422, 'batch_size'],
    ['too many pictures', { batch_size: 9, n_iter: 9 }, 422, 'batch_size'],
    ['an upscaler', { enable_hr: true, hr_upscaler: 'no-such' }, 422, 'hr_upscaler'],
    ['options', { override_settings: 7 }, 422, 'override_settings'],
  ])('refuses %s that it cannot serve', async (_, wrong, status, word) => {
    const before = a1111.engine.requests.length;
    const reply = await a1111.anna.post('txt2img', { ...SMALL, ...wrong });
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({ detail: expect.stringContaining(word), body: '' });
    expect(a1111.engine.requests).toHaveLength(before);
  });

  it('leaves the choice of one user out of the pictures of another', async () => {
    await a1111.berta.post('options', { sd_model_checkpoint: SDXL });
    const [anna, berta] = await Promise.all([draw(SMALL), draw(SMALL, a1111.berta)]);
    expect(anna.recipe['sd_model_name']).toBe('v1-5-pruned-emaonly');
    expect(berta.recipe['sd_model_name']).toBe('sd_xl_base_1.0');
    const alone = await draw(SMALL);
    expect(anna.images).toEqual(alone.images);
  });
});
