import { randomFillSync } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './settings.config.js';

const MIB = 1024 * 1024;

/** Shares of the reserve: with less free, the disk counts as full; with so much more, it does no longer. */
const FULL_SHARE = 1 / 4;
const ENOUGH_SHARE = 1 / 2;

/** With less free the disk counts as full, however small the reserve is. */
const LEAST_BYTES = MIB;

/** Names the folder of a job. */
const JOB_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Bytes that a user of this server may still write into a folder. */
async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * A file that holds room on the disk of the database, `reserve` in the data folder. When the disk is full it
 * is given up at once, so that people can still sign in and delete; it is made again when there is room.
 */
export class StorageReserve {
  private static readonly known = new WeakMap<Config, StorageReserve>();

  /** The one of this configuration. */
  static of(config: Config): StorageReserve {
    let reserve = this.known.get(config);
    if (!reserve) this.known.set(config, (reserve = new StorageReserve(config)));
    return reserve;
  }

  readonly path: string;
  /** Bytes; 0: there is none. */
  readonly size: number;
  /** Called when the disk was found full. */
  onFull: () => void = () => undefined;

  private constructor(private readonly config: Config) {
    this.path = join(config.storage.dataDir, 'reserve');
    this.size = config.storage.reserveMb * MIB;
  }

  isInPlace(): boolean {
    return (statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) >= this.size;
  }

  /** Gives its room up. @returns whether it had any */
  release(): boolean {
    try {
      const { size } = statSync(this.path);
      // Not removed: that needs room on file systems that never write in place.
      if (size > 0) truncateSync(this.path, 0);
      return size > 0;
    } catch {
      return false;
    } finally {
      this.onFull();
    }
  }

  /** Removes the thumbnails, which are made again when they are asked for. @returns whether there were any */
  dropCache(): boolean {
    const folder = join(this.config.storage.dataDir, 'cache', 'thumbnails');
    const found = existsSync(folder) ? readdirSync(folder).filter((name) => JOB_ID.test(name)) : [];
    for (const name of found) rmSync(join(folder, name), { recursive: true, force: true });
    return found.length > 0;
  }

  /** Whether so little is free on the disks of the data folder or the outputs that nothing new should begin. */
  async isScarce(): Promise<boolean> {
    return (await this.leastFree()) < Math.max(this.size * FULL_SHARE, LEAST_BYTES);
  }

  /**
   * Makes the reserve again where there is room for it and some more.
   * @returns whether it is in place, with enough free besides for work to go on
   */
  async restore(): Promise<boolean> {
    const enough = this.size * ENOUGH_SHARE;
    if (this.isInPlace()) return (await this.leastFree()) >= enough;
    if ((await this.free()) < this.size + enough) return false;
    return (await this.fill()) && (await this.leastFree()) >= enough;
  }

  /** Bytes that are free beside the database. */
  free(): Promise<number> {
    return freeBytes(this.config.storage.dataDir);
  }

  private async leastFree(): Promise<number> {
    const { dataDir, outputDir } = this.config.storage;
    const unknown = (): number => Infinity;
    const free = [dataDir, outputDir].map((folder) => freeBytes(folder).catch(unknown));
    return Math.min(...(await Promise.all(free)));
  }

  private async fill(): Promise<boolean> {
    try {
      const file = await open(this.path, 'w', 0o600);
      try {
        // Written and random: a hole, or what can be compressed, would hold no room.
        const chunk = randomFillSync(Buffer.allocUnsafe(MIB));
        for (let at = 0; at < this.size; at += MIB) await file.write(chunk);
        await file.sync();
      } finally {
        await file.close();
      }
      return true;
    } catch {
      await rm(this.path, { force: true });
      return false;
    }
  }
}
