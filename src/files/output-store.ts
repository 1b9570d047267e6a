import { lstat, mkdir, readFile, realpath, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { NotFoundError, PARTIAL_SUFFIX, writeWhole } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';

const JOB_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FILE_NAME = /^[\w-][\w.-]{0,127}$/;

/** Where a file lies: its name in a folder. */
export interface FilePlace {
  root: string;
  name: string;
}

/** The finished files of jobs, in `{output folder}/{job id}/{filename}`. A name never shows a file that is not whole. */
@Injectable()
export class OutputStore {
  private readonly root: string;

  constructor(@Inject(CONFIG) config: Config) {
    this.root = config.storage.outputDir;
  }

  /** Gives a job an empty folder; whatever an earlier attempt left in it is removed. */
  async begin(jobId: string): Promise<void> {
    const folder = this.folder(jobId);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }

  async write(jobId: string, filename: string, data: Uint8Array): Promise<void> {
    await writeWhole(this.path(jobId, filename), data);
  }

  /** Removes all that a job has written. */
  async discard(jobId: string): Promise<void> {
    await rm(this.folder(jobId), { recursive: true, force: true });
  }

  /** @throws NotFoundError also for names that could leave the folder, and for links that do. */
  async locate(jobId: string, filename: string): Promise<FilePlace> {
    if (!JOB_ID.test(jobId) || !FILE_NAME.test(filename) || filename.endsWith(PARTIAL_SUFFIX)) {
      throw new NotFoundError('There is no such file.');
    }
    if (!(await this.isOwnFile(jobId, filename))) throw new NotFoundError('There is no such file.');
    return { root: this.folder(jobId), name: filename };
  }

  /** The bytes of an output. @throws NotFoundError as {@link locate} does. */
  async read(jobId: string, filename: string): Promise<Buffer> {
    const { root, name } = await this.locate(jobId, filename);
    return readFile(join(root, name));
  }

  private async isOwnFile(jobId: string, filename: string): Promise<boolean> {
    const path = this.path(jobId, filename);
    const found = await lstat(path).catch(() => undefined);
    if (!found?.isFile()) return false;
    const [real, root] = await Promise.all([realpath(path), realpath(this.root)]);
    return real.startsWith(root + sep);
  }

  private folder(jobId: string): string {
    if (!JOB_ID.test(jobId)) throw new Error(`"${jobId}" is not the id of a job.`);
    return join(this.root, jobId);
  }

  private path(jobId: string, filename: string): string {
    return join(this.folder(jobId), filename);
  }
}
