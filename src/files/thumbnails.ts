import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import {
  ConcurrencyLimiter,
  isPartialName,
  messageOf,
  partialName,
  ServerBusyError,
  TooManyRequestsError,
  type ConcurrencyLimits,
} from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { StorageMonitor } from '../storage/index.js';
import { NoThumbnailError } from './files.errors.js';
import { OutputStore, type FilePlace } from './output-store.js';
import { smallThumbnail, squareThumbnail } from './pictures.js';
import { firstFrame } from './video.js';

const MIB = 1024 * 1024;

/** A gallery asks for as many as it shows; of one job one is made at a time, so that no job keeps out others. */
const LIMITS: ConcurrencyLimits = {
  work: 'make thumbnails',
  atOnce: 2,
  atOncePerCaller: 1,
  waitingPerCaller: 128,
  waiting: 1024,
  retryAfterSeconds: 5,
};

/** How making a thumbnail may be refused, for the description of the API. */
export const THUMBNAIL_ERRORS = [
  new TooManyRequestsError(LIMITS.work, LIMITS.retryAfterSeconds),
  new ServerBusyError(LIMITS.work, LIMITS.retryAfterSeconds),
];

/** When there is no room: what is left afterwards, of the bound. */
const KEPT_SHARE = 0.8;

/** What was used within this time is being sent, perhaps, and is left alone. */
const IN_USE_MS = 60_000;

const VIDEOS = ['.mp4', '.webm'];

/**
 * What becomes of a picture: `whole`, a WebP whose longer side is as long as asked for, or as its own where
 * that is shorter; `square`, a JPEG of its middle.
 */
export type ThumbnailForm = 'whole' | 'square';

const MAKERS: Record<ThumbnailForm, typeof smallThumbnail> = {
  whole: smallThumbnail,
  square: squareThumbnail,
};

const ENDINGS: Record<ThumbnailForm, string> = { whole: '.webp', square: '.jpg' };

interface Kept {
  bytes: number;
  usedAt: number;
}

/** Small versions of outputs, made when they are asked for and kept in `{data folder}/cache/thumbnails`. */
@Injectable()
export class Thumbnails implements OnApplicationBootstrap {
  private readonly logger = new Logger(Thumbnails.name);
  private readonly root: string;
  private readonly limit: number;
  /** By path below the root. */
  private readonly kept = new Map<string, Kept>();
  private readonly making = new Map<string, Promise<void>>();
  private readonly limiter = new ConcurrencyLimiter(LIMITS);
  private bytes = 0;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly outputs: OutputStore,
    private readonly storage: StorageMonitor,
  ) {
    this.root = join(config.storage.dataDir, 'cache', 'thumbnails');
    this.limit = config.files.thumbnailsMb * MIB;
  }

  /** Takes stock of what an earlier run has left. */
  async onApplicationBootstrap(): Promise<void> {
    await mkdir(this.root, { recursive: true, mode: 0o700 });
    for (const entry of await readdir(this.root, { withFileTypes: true }))
      if (entry.isDirectory()) await this.takeStock(entry.name);
  }

  private async takeStock(jobId: string): Promise<void> {
    for (const entry of await readdir(join(this.root, jobId), { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const key = join(jobId, entry.name);
      const path = join(this.root, key);
      if (isPartialName(entry.name)) await rm(path, { force: true });
      if (!Object.values(ENDINGS).includes(extname(entry.name))) continue;
      const { size, mtimeMs } = await stat(path);
      this.keep(key, size, mtimeMs);
    }
  }

  /**
   * Where the thumbnail of an output lies.
   * @param size of a side, in pixels
   * @throws NotFoundError, NoThumbnailError, TooManyRequestsError, ServerBusyError
   */
  async locate(
    jobId: string,
    filename: string,
    size: number,
    form: ThumbnailForm = 'whole',
  ): Promise<FilePlace> {
    const source = await this.outputs.locate(jobId, filename);
    const folder = join(this.root, jobId);
    const name = `${filename}.${size}${ENDINGS[form]}`;
    const key = join(jobId, name);
    const known = this.kept.get(key);
    if (known) {
      known.usedAt = Date.now();
      return { root: folder, name };
    }
    try {
      this.storage.assertRoom();
      await this.once(jobId, key, () => this.make(join(source.root, source.name), key, size, form));
      return { root: folder, name };
    } catch (error) {
      // On a full disk people look for what they can delete: the output itself shows it too.
      if (this.storage.note(error)) return source;
      throw error;
    }
  }

  /** Forgets the thumbnails of a job. */
  async remove(jobId: string): Promise<void> {
    const prefix = join(jobId, '/');
    for (const key of this.kept.keys()) if (key.startsWith(prefix)) this.forget(key);
    await rm(join(this.root, jobId), { recursive: true, force: true });
  }

  /** Of those who ask for the same thumbnail at once, one makes it. */
  private once(jobId: string, key: string, make: () => Promise<void>): Promise<void> {
    const known = this.making.get(key);
    if (known) return known;
    const made = this.limiter.run(jobId, make).finally(() => this.making.delete(key));
    this.making.set(key, made);
    return made;
  }

  private async make(
    source: string,
    key: string,
    size: number,
    form: ThumbnailForm,
  ): Promise<void> {
    const data = await this.shrink(source, size, form);
    const path = join(this.root, key);
    const partial = join(dirname(path), partialName());
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      await writeFile(partial, data, { mode: 0o600 });
      await rename(partial, path);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
    this.keep(key, data.length, Date.now());
    if (this.bytes > this.limit) await this.makeRoom();
  }

  private async shrink(source: string, size: number, form: ThumbnailForm): Promise<Buffer> {
    try {
      const isVideo = VIDEOS.includes(extname(source));
      const picture = isVideo ? await firstFrame(source) : source;
      return await MAKERS[form](picture, size);
    } catch (error) {
      this.logger.warn(`No thumbnail of ${source}: ${messageOf(error)}`);
      throw new NoThumbnailError(error);
    }
  }

  private keep(key: string, bytes: number, usedAt: number): void {
    this.kept.set(key, { bytes, usedAt });
    this.bytes += bytes;
  }

  private forget(key: string): void {
    this.bytes -= this.kept.get(key)?.bytes ?? 0;
    this.kept.delete(key);
  }

  /** Removes the least recently used ones. */
  private async makeRoom(): Promise<void> {
    const oldest = [...this.kept].toSorted(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [key, { usedAt }] of oldest) {
      if (this.bytes <= this.limit * KEPT_SHARE || usedAt > Date.now() - IN_USE_MS) return;
      this.forget(key);
      await rm(join(this.root, key), { force: true });
    }
  }
}
