import { execFile } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './folder.js';

const run = promisify(execFile);

const CHUNK_BYTES = 64 * 1024;

/** A file system of a few MiB, to be filled to its last byte. */
export class SmallDisk {
  private readonly filling: string;

  private constructor(
    private readonly root: string,
    private readonly clean: () => Promise<void>,
  ) {
    this.filling = join(root, 'filling');
  }

  /** Where something may be kept on it. */
  get path(): string {
    return join(this.root, 'data');
  }

  /** @returns undefined where this account cannot mount a file system */
  static async mount(mib: number): Promise<SmallDisk | undefined> {
    const folder = await temporaryFolder();
    const root = join(folder.path, 'disk');
    await mkdir(root);
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', root]);
    } catch {
      await folder.remove();
      return undefined;
    }
    return new SmallDisk(root, async () => {
      await rmdir(root);
      await folder.remove();
    });
  }

  /** Leaves not a byte free. */
  fill(): void {
    const file = openSync(this.filling, 'a');
    try {
      for (let size = CHUNK_BYTES; size >= 1; size = size === CHUNK_BYTES ? 4096 : size / 4096) {
        for (;;) {
          try {
            writeSync(file, Buffer.alloc(size, 1));
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
            break;
          }
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** Gives back what was filled. */
  free(): void {
    rmSync(this.filling, { force: true });
  }

  async unmount(): Promise<void> {
    await run('umount', ['--lazy', this.root]);
    await this.clean();
  }
}
