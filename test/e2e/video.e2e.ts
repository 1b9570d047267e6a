import { execFileSync, spawnSync } from 'node:child_process';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { writeRandomWan } from '../support/random-models.js';
import { sharedServer, type TestServer } from '../support/server.js';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

const folder = await temporaryFolder();
await writeRandomWan(folder.path);
afterAll(() => folder.remove());

const SETTINGS = { ATELIER_MODELS_DIR: folder.path };

/** The request; weights mapped into memory, where they take no more than their files. */
const REQUEST = {
  model_name: 'random-wan',
  prompt: 'a running dog',
  seed: 1,
  video_frames: 5,
  fps: 8,
  enable_mmap: true,
};

interface Film {
  contentType: string;
  filename: string;
  bytes: Buffer;
}

async function filmed({ admin }: TestServer, options: object = {}): Promise<Film> {
  const job = await admin.waitForJob(await admin.submit({ ...REQUEST, ...options }, 'text2video'));
  expect(job).toMatchObject({ status: 'completed', error: null });
  const [output] = job.outputs;
  expect(output).toMatchObject({ width: 64, height: 64, seed: 1 });
  const { filename, content_type: contentType } = output!;
  return { contentType, filename, bytes: await admin.output(job.id, filename) };
}

describe('a video by random weights and no text encoder in the real engine', () => {
  const server = sharedServer({ env: SETTINGS });

  it.runIf(hasFfmpeg).each([
    ['mp4', 'h264'],
    ['webm', 'vp9'],
  ])('is %s by ffmpeg', async (format, codec) => {
    const { contentType, filename, bytes } = await filmed(server(), { video_format: format });
    expect([contentType, filename]).toEqual([`video/${format}`, `video_0.${format}`]);
    const fields = 'stream=codec_name,width,height,nb_read_frames,r_frame_rate';
    const args = ['-v', 'error', '-count_frames', '-show_entries', fields, '-of', 'json', 'pipe:0'];
    const { streams } = JSON.parse(execFileSync('ffprobe', args, { input: bytes }).toString()) as {
      streams: object[];
    };
    expect(streams).toEqual([
      { codec_name: codec, width: 64, height: 64, nb_read_frames: '5', r_frame_rate: '8/1' },
    ]);
  });

  it('can be followed step by step and cancelled', async () => {
    const { admin } = server();
    const feed = await server().feed();
    const id = await admin.submit({ ...REQUEST, steps: 50 }, 'text2video');
    await feed.untilStep(id, 2);
    await admin.cancel(id);
    expect((await admin.waitForJob(id)).status).toBe('cancelled');
  });
});

describe('a video by random weights where there is no ffmpeg', () => {
  const server = sharedServer({ env: { ...SETTINGS, PATH: '/nowhere' } });

  it('is an animated WebP whose frames differ, whatever was asked for', async () => {
    const { contentType, filename, bytes } = await filmed(server(), { video_format: 'mp4' });
    expect([contentType, filename]).toEqual(['image/webp', 'video_0.webp']);
    const facts = await sharp(bytes, { pages: -1 }).metadata();
    expect(facts).toMatchObject({ pages: 5, width: 64, pageHeight: 64 });
    expect(facts.delay).toEqual([125, 125, 125, 125, 125]);
    const [first, last] = await Promise.all(
      [0, 4].map((page) => sharp(bytes, { page }).removeAlpha().raw().toBuffer()),
    );
    expect(first!.equals(last!)).toBe(false);
  });
});
