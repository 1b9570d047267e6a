import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/index.js';
import { StorageMonitor } from '../storage/index.js';
import { OutputStore } from './output-store.js';
import { Thumbnails } from './thumbnails.js';

const JOB = '00000000-0000-4000-8000-000000000000';

let folder: string;
let cache: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-thumbnails-'));
  cache = join(folder, 'cache/thumbnails');
  await mkdir(join(folder, 'outputs', JOB), { recursive: true });
});

afterEach(() => rm(folder, { recursive: true }));

async function thumbnails(): Promise<Thumbnails> {
  const config = loadConfig({ ATELIER_DATA_DIR: folder, ATELIER_THUMBNAILS_MB: '1' });
  const made = new Thumbnails(config, new OutputStore(config), new StorageMonitor(config));
  await made.onApplicationBootstrap();
  return made;
}

async function output(name: string): Promise<void> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const picture = sharp({
    create: { width: 600, height: 400, channels: 3, background: '#000', noise },
  });
  await picture.png().toFile(join(folder, 'outputs', JOB, name));
}

describe('the cache of thumbnails', () => {
  it('makes room by its bound, counting what an earlier run has left', async () => {
    const left = join(cache, 'left');
    await mkdir(left, { recursive: true });
    for (const name of ['old.webp', 'older.webp', 'young.webp'])
      await writeFile(join(left, name), Buffer.alloc(400_000));
    await writeFile(join(left, 'half.webp.00000000-0000-4000-8000-000000000000.part'), 'half');
    await utimes(join(left, 'older.webp'), new Date(1000), new Date(1000));
    await utimes(join(left, 'old.webp'), new Date(2000), new Date(2000));
    await output('a.png');
    const made = await thumbnails();
    expect((await readdir(left)).toSorted()).toEqual(['old.webp', 'older.webp', 'young.webp']);
    await made.locate(JOB, 'a.png', 500);
    expect(await readdir(left)).toEqual(['young.webp']);
    expect(await readdir(join(cache, JOB))).toEqual(['a.png.500.webp']);
  });

  it('does not take away what is being sent', async () => {
    const made = await thumbnails();
    await output('a.png');
    const sizes = Array.from({ length: 60 }, (_, index) => 500 - index);
    for (const size of sizes) await made.locate(JOB, 'a.png', size);
    expect(await readdir(join(cache, JOB))).toHaveLength(60);
  });

  it('says so when a file is no picture', async () => {
    await writeFile(join(folder, 'outputs', JOB, 'a.png'), 'not a picture');
    const made = await thumbnails();
    await expect(made.locate(JOB, 'a.png', 50)).rejects.toMatchObject({ code: 'NO_THUMBNAIL' });
    await expect(made.locate(JOB, 'b.png', 50)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('forgets a job', async () => {
    const made = await thumbnails();
    await output('a.png');
    await made.locate(JOB, 'a.png', 50);
    await made.remove(JOB);
    expect(await readdir(cache)).toEqual([]);
    await made.locate(JOB, 'a.png', 50);
    expect(await readdir(join(cache, JOB))).toEqual(['a.png.50.webp']);
  });
});
