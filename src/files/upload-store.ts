import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { isPartialName, NotFoundError, writeWhole } from '../common/index.js';
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
  private readonly pending = new Map<string, Promise<void>>();

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
    await this.serialize(id, () => this.keepAs(id, data));
    return id;
  }

  private async keepAs(id: string, data: Uint8Array): Promise<void> {
    const now = new Date();
    // Being kept again makes it young again, so that it is not removed before its new job is stored.
    const known = await utimes(this.path(id), now, now).then(
      () => true,
      () => false,
    );
    if (known) return;
    this.storage.assertRoom();
    await writeWhole(this.path(id), data);
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

  /**
   * Removes an upload, unless it was kept again since this moment, for a job that is not stored yet.
   * @returns whether it is gone
   */
  async remove(id: string, moment: Date): Promise<boolean> {
    let isGone = true;
    await this.serialize(id, async () => {
      const found = await stat(this.path(id)).catch(() => undefined);
      if (found && found.mtime >= moment) isGone = false;
      else await rm(this.path(id), { force: true });
    });
    return isGone;
  }

  /** Removes what a crash left half written. */
  async removePartial(): Promise<void> {
    const names = await readdir(this.root);
    const partial = names.filter(isPartialName);
    await Promise.all(partial.map((name) => rm(join(this.root, name), { force: true })));
  }

  /** One thing at a time is done with an upload: what is kept meanwhile is not removed. */
  private async serialize(id: string, work: () => Promise<void>): Promise<void> {
    const before = this.pending.get(id);
    const run = (before ?? Promise.resolve()).then(work);
    const settled = run.catch(() => undefined);
    this.pending.set(id, settled);
    try {
      await run;
    } finally {
      if (this.pending.get(id) === settled) this.pending.delete(id);
    }
  }

  private path(id: string): string {
    if (!UPLOAD_ID.test(id)) throw new Error(`"${id}" is not the id of an upload.`);
    return join(this.root, id);
  }
}
