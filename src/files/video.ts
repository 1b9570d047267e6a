import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { childEnvironment, messageOf } from '../common/index.js';
import { exifBlock, withWebpExif } from './exif.js';
import type { EncodedFile, Pixels } from './pictures.js';

/** Formats that a finished video can be kept in. */
export const VIDEO_FORMATS = ['mp4', 'webm', 'webp'] as const;

export type VideoFormat = (typeof VIDEO_FORMATS)[number];

export interface VideoOptions {
  /** Told within the file: `parameters` as its comment, in WebP all of them as {@link encodePicture} does. */
  texts?: Record<string, string>;
  /** Aborting it ends the encoder and rejects. */
  signal?: AbortSignal;
  /** The program that encodes MP4 and WebM. */
  ffmpeg?: string;
  /** Told why a video became an animated WebP though MP4 or WebM was asked for. */
  onFallback?: (reason: string) => void;
}

const WEBP_QUALITY = 85;

/** Milliseconds after which the encoder is given up. */
const ENCODER_LIMIT_MS = 10 * 60 * 1000;

/** How much of the encoder's complaints is kept, in characters. */
const COMPLAINT_LENGTH = 2000;

/** What players everywhere can play: 8 bits, a quarter of the colours, sides that are even. */
const EVEN_SIDES = 'pad=ceil(iw/2)*2:ceil(ih/2)*2';
const CODECS = {
  mp4: ['-c:v', 'libx264', '-crf', '18', '-preset', 'medium', '-movflags', '+faststart'],
  webm: ['-c:v', 'libvpx-vp9', '-crf', '24', '-b:v', '0', '-row-mt', '1'],
} as const;

function ffmpegArguments(
  { width, height, channels }: Pixels,
  fps: number,
  format: keyof typeof CODECS,
  target: string,
  comment: string | undefined,
): string[] {
  const pixelFormat = channels === 1 ? 'gray' : 'rgb24';
  const input = `-f rawvideo -pix_fmt ${pixelFormat} -s ${width}x${height} -r ${fps} -i pipe:0`;
  return [
    ...`-hide_banner -loglevel error -y ${input} -an -vf ${EVEN_SIDES} -pix_fmt yuv420p`.split(' '),
    ...CODECS[format],
    ...(comment === undefined ? [] : ['-metadata', `comment=${comment}`]),
    target,
  ];
}

/** Runs the encoder to its end; rejects with its complaints when it fails. */
async function runFfmpeg(
  program: string,
  args: string[],
  frames: Pixels[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const limit = AbortSignal.timeout(ENCODER_LIMIT_MS);
  const child = spawn(program, args, {
    env: childEnvironment(),
    stdio: ['pipe', 'ignore', 'pipe'],
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
    killSignal: 'SIGKILL',
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-COMPLAINT_LENGTH);
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  // An encoder that ends early breaks the pipe; its exit code and complaint say more than that.
  const fed = pipeline(Readable.from(frames.map(({ data }) => data)), child.stdin).catch(
    () => undefined,
  );
  const [code] = await ended;
  await fed;
  if (code !== 0) throw new Error(complaint.trim() || `ended with code ${code}`);
}

async function encodeWithFfmpeg(
  frames: Pixels[],
  fps: number,
  format: keyof typeof CODECS,
  { texts, signal, ffmpeg = 'ffmpeg' }: VideoOptions,
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-video-'));
  try {
    const target = join(folder, `video.${format}`);
    const [first] = frames as [Pixels];
    const args = ffmpegArguments(first, fps, format, target, texts?.['parameters']);
    await runFfmpeg(ffmpeg, args, frames, signal);
    return await readFile(target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function encodeAnimation(
  frames: Pixels[],
  fps: number,
  texts: Record<string, string>,
): Promise<Buffer> {
  const [{ width, height, channels }] = frames as [Pixels];
  const strip = Buffer.concat(frames.map(({ data }) => data));
  const webp = await sharp(strip, {
    raw: { width, height: height * frames.length, channels, pageHeight: height },
    limitInputPixels: false,
  })
    .webp({ quality: WEBP_QUALITY, loop: 0, delay: frames.map(() => Math.round(1000 / fps)) })
    .toBuffer();
  return withWebpExif(webp, exifBlock(texts), { width, height });
}

/** The first frame of a video, as a PNG. @throws Error where ffmpeg is missing or cannot read it */
export async function firstFrame(path: string, ffmpeg = 'ffmpeg'): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-video-'));
  try {
    const target = join(folder, 'frame.png');
    const args = ['-hide_banner', '-loglevel', 'error', '-i', path, '-frames:v', '1', target];
    await runFfmpeg(ffmpeg, args, [], undefined);
    return await readFile(target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A video of frames of one size. MP4 (H.264) and WebM (VP9) need ffmpeg; where that is missing or fails,
 * an animated WebP comes out instead, so that the work of the engine is not lost: `contentType` says
 * what it became.
 * @param fps frames a second
 * @throws Error when there are no frames, when they differ in size, or when the signal is aborted
 */
export async function encodeVideo(
  frames: Pixels[],
  fps: number,
  format: VideoFormat,
  options: VideoOptions = {},
): Promise<EncodedFile> {
  const [first] = frames;
  if (!first) throw new Error('A video needs a frame.');
  if (frames.some(({ width, height }) => width !== first.width || height !== first.height))
    throw new Error('The frames of a video must be of one size.');
  options.signal?.throwIfAborted();
  if (format !== 'webp') {
    try {
      const data = await encodeWithFfmpeg(frames, fps, format, options);
      return { data, contentType: `video/${format}`, extension: format };
    } catch (error) {
      options.signal?.throwIfAborted();
      options.onFallback?.(messageOf(error));
    }
  }
  const data = await encodeAnimation(frames, fps, options.texts ?? {});
  return { data, contentType: 'image/webp', extension: 'webp' };
}
