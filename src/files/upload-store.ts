import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { NotFoundError, PARTIAL_SUFFIX, writeWhole } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { StorageMonitor } from '../storage/index.js';

const UPLOAD_ID = /^[0-9a-f]{64}$/;

/**
 * What came in with requests and is needed until their jobs are done, in `{data folder}/uploads/`. The
 * id of an upload is the SHA-256 of its bytes, so that the same picture is kept once. A job names its
 * uploads when it is submitted (`NewJob.uploads`); what no job names is removed after a day.
 */
@Injectable()
export class UploadStore {
  private readonly root: string;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly storage: StorageMonitor,
  ) {
    this.root = join(config.storage.dataDir, 'uploads');
    mkdirSync(this.root, { recursive: true, mode: 0o700 });
  }

  /** Keeps the bytes and returns their id. @throws InsufficientStorageError while the disk is full */
  async keep(data: Uint8Array): Promise<string> {
    const id = createHash('sha256').update(data).digest('hex');
    const now = new Date();
    // Being kept again makes it young again, so that it is not removed before its new job is stored.
    const known = await utimes(this.path(id), now, now).then(
      () => true,
      () => false,
    );
    if (known) return id;
    this.storage.assertRoom();
    await writeWhole(this.path(id), data);
    return id;
  }

  /** @throws NotFoundError */
  async read(id: string): Promise<Buffer> {
    if (!UPLOAD_ID.test(id)) throw new NotFoundError('There is no such upload.');
    return readFile(this.path(id)).catch(() => {
      throw new NotFoundError('There is no such upload.');
    });
  }

  /** Ids of the uploads that were last kept before this moment. */
  async olderThan(moment: Date): Promise<string[]> {
    const names = (await readdir(this.root)).filter((name) => UPLOAD_ID.test(name));
    const old: string[] = [];
    for (const name of names) {
      const found = await stat(join(this.root, name)).catch(() => undefined);
      if (found && found.mtime < moment) old.push(name);
    }
    return old;
  }

  async remove(id: string): Promise<void> {
    await rm(this.path(id), { force: true });
  }

  /** Removes what a crash left half written. */
  async removePartial(): Promise<void> {
    const names = await readdir(this.root);
    const partial = names.filter((name) => name.endsWith(PARTIAL_SUFFIX));
    await Promise.all(partial.map((name) => rm(join(this.root, name), { force: true })));
  }

  private path(id: string): string {
    if (!UPLOAD_ID.test(id)) throw new Error(`"${id}" is not the id of an upload.`);
    return join(this.root, id);
  }
}
