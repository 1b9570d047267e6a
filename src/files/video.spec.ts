import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readPictureTexts } from './picture-texts.js';
import type { Pixels } from './pictures.js';
import { encodeVideo } from './video.js';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

function frames(count: number, width = 32, height = 24): Pixels[] {
  return Array.from({ length: count }, (_, index) => ({
    width,
    height,
    channels: 3,
    data: Buffer.alloc(width * height * 3, index * 40),
  }));
}

function leftovers(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('atelier-video-'));
}

describe('a video as animated WebP', () => {
  it('has all its frames, their time and the recipe', async () => {
    const texts = { parameters: 'a cat walks 🐈', atelier: '{"version":1}' };
    const { data, contentType } = await encodeVideo(frames(5), 10, 'webp', { texts });
    expect(contentType).toBe('image/webp');
    const facts = await sharp(data, { pages: -1 }).metadata();
    expect(facts).toMatchObject({ pages: 5, width: 32, pageHeight: 24 });
    expect(facts.delay).toEqual([100, 100, 100, 100, 100]);
    expect(await readPictureTexts(data)).toEqual(texts);
  });

  it('is what comes out where ffmpeg is missing, and the reason is told', async () => {
    const reasons: string[] = [];
    const { contentType, extension } = await encodeVideo(frames(3), 8, 'mp4', {
      ffmpeg: '/nowhere/ffmpeg',
      onFallback: (reason) => reasons.push(reason),
    });
    expect([contentType, extension]).toEqual(['image/webp', 'webp']);
    expect(reasons[0]).toContain('ENOENT');
  });

  it('is what comes out when the encoder fails', async () => {
    const { contentType } = await encodeVideo(frames(3), 8, 'webm', { ffmpeg: 'false' });
    expect(contentType).toBe('image/webp');
  });

  it.each([
    ['no frames', []],
    ['frames of two sizes', [...frames(1), ...frames(1, 16, 16)]],
  ])('is not made of %s', async (_, wrong) => {
    await expect(encodeVideo(wrong, 8, 'webp')).rejects.toThrow(/frame/);
  });

  it('is not begun when it was cancelled', async () => {
    const signal = AbortSignal.abort();
    await expect(encodeVideo(frames(3), 8, 'mp4', { signal })).rejects.toThrow(/abort/);
  });
});

describe.runIf(hasFfmpeg)('a video by ffmpeg', () => {
  it.each([
    ['mp4', 'h264'],
    ['webm', 'vp9'],
  ] as const)('is %s, of any size', async (format, codec) => {
    const before = leftovers();
    const made = await encodeVideo(frames(6, 33, 25), 12, format, {
      texts: { parameters: 'a cat walks\nSteps: 8' },
    });
    expect(made).toMatchObject({ contentType: `video/${format}`, extension: format });
    const fields =
      'stream=codec_name,width,height,nb_read_frames:format_tags=comment:format_tags=COMMENT';
    const facts = execFileSync(
      'ffprobe',
      ['-v', 'error', '-count_frames', '-show_entries', fields, '-of', 'json', 'pipe:0'],
      { input: made.data },
    ).toString();
    expect(JSON.parse(facts)).toMatchObject({
      streams: [{ codec_name: codec, width: 34, height: 26, nb_read_frames: '6' }],
    });
    expect(facts).toContain('a cat walks\\nSteps: 8');
    expect(leftovers()).toEqual(before);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const before = leftovers();
    const abort = new AbortController();
    const made = encodeVideo(frames(400, 640, 480), 12, 'webm', { signal: abort.signal });
    setImmediate(() => abort.abort());
    await expect(made).rejects.toThrow(/abort/);
    expect(leftovers()).toEqual(before);
  });
});
