import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT, VERSION } from '../../src/common/index.js';
import type { JobUpdate } from '../../src/events/index.js';
import { readPngTexts } from '../../src/files/index.js';
import { APPLE, jsonOf } from '../support/client.js';
import { sharedServer } from '../support/server.js';

/** Every option that decides what is drawn. */
const OPTIONS = {
  ...APPLE,
  negative_prompt: 'blue, (green:1.1)',
  steps: 8,
  cfg_scale: 3,
  sampling_method: 'euler',
  scheduler: 'discrete',
  batch_count: 1,
  clip_skip: -1,
  output_format: 'png',
};

const WEIGHTS = {
  diffusionModel: 'tiny-emoji.dit.gguf',
  llm: 'tiny-emoji.llm.gguf',
  taesd: 'tiny-emoji.tae.safetensors',
};

type Pixel = [red: number, green: number, blue: number];

async function hashesOnDisk(): Promise<Record<string, string>> {
  const hashes = Object.entries(WEIGHTS).map(async ([part, name]) => {
    const bytes = await readFile(join(PACKAGE_ROOT, 'models/tiny-emoji', name));
    return [part, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}

/** Mean colour of a square of the picture, 0 to 255. */
async function meanOf(png: Buffer, left: number, top: number, side: number): Promise<Pixel> {
  const square = await sharp(png)
    .extract({ left, top, width: side, height: side })
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  const { channels } = await sharp(square, {
    raw: { width: side, height: side, channels: 3 },
  }).stats();
  return channels.slice(0, 3).map(({ mean }) => mean) as Pixel;
}

function withoutRepeats<T>(values: T[]): T[] {
  return values.filter((value, index) => value !== values[index - 1]);
}

const server = sharedServer();

describe('a picture', () => {
  it('goes from the log in to the file, followed over the socket', async () => {
    const { admin } = server();
    const feed = await server().feed();
    const accepted = await admin.api({ path: '/api/generate/text2img', body: OPTIONS });
    expect(accepted.status).toBe(202);
    const { request_id: id, ...rest } = jsonOf<{ request_id: string }>(accepted);
    expect(rest).toEqual({
      status: 'queued',
      message: 'Generation request queued successfully',
    });

    const last = await feed.until(id, ({ status }) => status === 'completed');
    expect(last).toMatchObject({ progress: 1, current_step: 8, total_steps: 8 });
    const news = feed.of(id);
    expect(news[0]).toMatchObject({ status: 'queued', position: 1 });
    expect(withoutRepeats(news.map(({ status }) => status))).toEqual([
      'queued',
      'processing',
      'completed',
    ]);
    expect(stepsOf(news)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(withoutRepeats(news.flatMap(({ phase }) => phase ?? []))).toEqual([
      'loading',
      'encoding',
      'sampling',
      'decoding',
      'saving',
    ]);
    expect(news.map(({ progress }) => progress)).toEqual(
      news.map(({ progress }) => progress).toSorted((a, b) => a - b),
    );

    const job = await admin.job(id);
    expect(job).toMatchObject({
      id,
      status: 'completed',
      prompt: 'red apple',
      attempts: 1,
      error: null,
    });
    expect(job.parameters.options).toEqual({ ...OPTIONS, model_name: 'tiny-emoji' });
    expect(job.outputs).toEqual([
      {
        filename: 'image_0.png',
        content_type: 'image/png',
        size: expect.any(Number) as number,
        width: 128,
        height: 128,
        seed: 42,
        url: `/api/queue/job/${id}/output/image_0.png`,
      },
    ]);

    const file = await admin.api({ path: job.outputs[0]!.url, headers: { authorization: '' } });
    expect(file).toMatchObject({ status: 200, headers: { 'content-type': 'image/png' } });
    expect(file.bytes.length).toBe(job.outputs[0]!.size);
  });

  it('shows the thing that was asked for', async () => {
    const png = await server().admin.draw(OPTIONS);
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 128, height: 128 });
    const [red, green, blue] = await meanOf(png, 48, 56, 32);
    expect(red).toBeGreaterThan(180);
    expect(green).toBeLessThan(100);
    expect(blue).toBeLessThan(110);
    for (const [left, top] of [
      [0, 0],
      [120, 0],
      [0, 120],
      [120, 120],
    ] as const) {
      for (const channel of await meanOf(png, left, top, 8)) expect(channel).toBeGreaterThan(235);
    }
  });

  it('says how it was made', async () => {
    const texts = readPngTexts(await server().admin.draw(OPTIONS));
    const hashes = await hashesOnDisk();
    const manifest = JSON.parse(texts['atelier'] ?? '') as { engine: { commit: string } };
    expect(manifest).toEqual({
      version: 1,
      generator: `atelier ${VERSION}`,
      engine: {
        name: 'stable-diffusion.cpp',
        version: expect.stringMatching(/./) as string,
        commit: expect.stringMatching(/./) as string,
      },
      model: { name: 'tiny-emoji', architecture: 'z-image', sha256: hashes },
      kind: 'text2img',
      options: { ...OPTIONS, model_name: 'tiny-emoji' },
    });
    const { commit } = manifest.engine;
    expect(texts['parameters']).toBe(
      [
        'red apple',
        'Negative prompt: blue, (green:1.1)',
        'Steps: 8, Sampler: euler, Schedule type: discrete, CFG scale: 3, Seed: 42, Size: 128x128, ' +
          `Model hash: ${hashes['diffusionModel']!.slice(0, 10)}, Model: tiny-emoji, ` +
          `Version: atelier ${VERSION} (stable-diffusion.cpp ${commit})`,
      ].join('\n'),
    );
  });

  it('is the same to the byte for the same seed, and another for another', async () => {
    const { admin } = server();
    const [first, second, other] = [
      await admin.draw(APPLE),
      await admin.draw(APPLE),
      await admin.draw({ ...APPLE, seed: 43 }),
    ];
    expect(first.equals(second)).toBe(true);
    expect(first.equals(other)).toBe(false);
    const pixels = await Promise.all([first, other].map((png) => sharp(png).raw().toBuffer()));
    expect(pixels[0]!.equals(pixels[1]!)).toBe(false);
  });

  it('is the same in a batch as by itself', async () => {
    const { admin } = server();
    const id = await admin.submit({ ...APPLE, batch_count: 2 });
    const job = await admin.waitForJob(id);
    expect(job.outputs.map(({ filename, seed }) => [filename, seed])).toEqual([
      ['image_0.png', 42],
      ['image_1.png', 43],
    ]);
    expect(job.total_steps).toBe(8);
    for (const { filename, seed } of job.outputs) {
      const alone = await admin.draw({ ...APPLE, seed });
      expect((await admin.output(id, filename)).equals(alone)).toBe(true);
    }
  });

  it('gets a seed where none was given, and says which', async () => {
    const { admin } = server();
    const ids = await Promise.all(
      ['random', -1, null].map((seed) => admin.submit({ ...APPLE, steps: 1, seed })),
    );
    const jobs = await Promise.all(ids.map((id) => admin.waitForJob(id)));
    const seeds = jobs.map(({ outputs }) => outputs[0]!.seed);
    expect(new Set(seeds).size).toBe(3);
    expect(jobs.map(({ parameters }) => parameters.options['seed'])).toEqual(seeds);
    const again = await admin.draw({ ...APPLE, steps: 1, seed: seeds[0] });
    expect(again.equals(await admin.output(ids[0]!))).toBe(true);
  });
});

/** The steps that the news of a job count, each once. */
function stepsOf(news: JobUpdate[]): number[] {
  const sampling = news.filter(({ phase }) => phase === 'sampling');
  return withoutRepeats([0, ...sampling.map(({ current_step }) => current_step)]);
}
