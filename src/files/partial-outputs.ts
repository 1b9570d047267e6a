import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { isPartialName } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { JobArchive } from '../queue/index.js';

/**
 * Removes the outputs that a crash left half written, at the start: files with names that only this program
 * gives, directly in the folders of jobs that are in the database. Whatever else lies in the folder of
 * outputs is not even looked into, and no link is followed.
 */
@Injectable()
export class PartialOutputs implements OnApplicationBootstrap {
  private readonly logger = new Logger(PartialOutputs.name);
  private readonly root: string;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly archive: JobArchive,
  ) {
    this.root = config.storage.outputDir;
  }

  async onApplicationBootstrap(): Promise<void> {
    const entries = await readdir(this.root, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    let removed = 0;
    for (const jobId of await this.archive.existing(folders)) removed += await this.clean(jobId);
    if (removed > 0) this.logger.warn(`Removed ${removed} half-written files`);
  }

  private async clean(jobId: string): Promise<number> {
    const folder = join(this.root, jobId);
    const partial = (await readdir(folder)).filter(isPartialName);
    for (const name of partial) await rm(join(folder, name), { force: true });
    return partial.length;
  }
}
