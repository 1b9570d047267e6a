import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/index.js';
import { DiskFullError, ModelFileTooLargeError } from './fetch.errors.js';

const MIB = 1024 * 1024;

async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isMissing || dirname(folder) === folder) throw error;
    return freeBytes(dirname(folder));
  }
}

/** Whether a file may come onto a models disk. */
@Injectable()
export class DiskRoom {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** The most bytes that a model file may have. */
  get limit(): number {
    return this.config.hubs.fileMb * MIB;
  }

  /** @throws ModelFileTooLargeError */
  checkSize(bytes: number): void {
    if (bytes > this.limit) throw new ModelFileTooLargeError(this.config.hubs.fileMb);
  }

  /**
   * @param folder may be missing yet
   * @param needed bytes that are still to be written
   * @throws DiskFullError
   */
  async check(folder: string, needed: number): Promise<void> {
    if (needed > (await freeBytes(folder)) - this.reserve) throw await this.refusal(folder, needed);
  }

  async refusal(folder: string, needed: number): Promise<DiskFullError> {
    return new DiskFullError({ needed, free: await freeBytes(folder), reserve: this.reserve });
  }

  private get reserve(): number {
    return this.config.hubs.reserveMb * MIB;
  }
}
