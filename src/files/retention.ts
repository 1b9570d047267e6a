import { TrustedClock } from '../storage/index.js';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { messageOf } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { JobArchive } from '../queue/index.js';
import { OutputRemoval } from './output-removal.js';
import { UploadStore } from './upload-store.js';

const MIB = 1024 * 1024;
const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** How many uploads are looked up in one go. */
const BATCH = 500;

/**
 * Makes room: removes outputs that are too old, then the oldest while all of them take too much, then
 * uploads that no job needs. At the start and every hour. Jobs that have not ended are never touched; of
 * the others the row stays, and says that its outputs are gone.
 */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Retention.name);
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly archive: JobArchive,
    private readonly outputs: OutputRemoval,
    private readonly uploads: UploadStore,
    private readonly clock: TrustedClock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.uploads.removePartial();
    this.sweeping = this.sweepSafely();
    this.timer = setInterval(() => {
      this.sweeping = this.sweeping.then(() => this.sweepSafely());
    }, HOUR_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** Makes room now. @returns how many jobs lost their outputs */
  async sweep(): Promise<number> {
    for (const id of await this.archive.expiring()) await this.finishExpiry(id);
    const removed = (await this.removeOld()) + (await this.removeExcess());
    if (removed > 0) this.logger.log(`Removed the outputs of ${removed} jobs to make room`);
    await this.removeUploads();
    return removed;
  }

  /**
   * Removes the outputs of a job that has ended; its row says that they are gone.
   * @returns how many bytes they took
   */
  async expire(id: string): Promise<number> {
    // The row first, so that no job shows files that are gone; what is cut off is finished by the next sweep.
    const bytes = await this.archive.beginExpiry(id);
    await this.finishExpiry(id);
    return bytes;
  }

  private async finishExpiry(id: string): Promise<void> {
    await this.outputs.remove(id);
    await this.archive.finishExpiry(id);
  }

  private async sweepSafely(): Promise<void> {
    await this.sweep().catch((error: unknown) =>
      this.logger.error(`Making room failed: ${messageOf(error)}`),
    );
  }

  private async removeOld(): Promise<number> {
    const { keepDays } = this.config.files;
    if (keepDays === 0) return 0;
    const moment = new Date(this.clock.now() - keepDays * DAY_MS);
    let removed = 0;
    for (;;) {
      const ids = await this.archive.withOutputsBefore(moment);
      if (ids.length === 0) return removed;
      for (const id of ids) await this.expire(id);
      removed += ids.length;
    }
  }

  private async removeExcess(): Promise<number> {
    const limit = this.config.files.keepMb * MIB;
    if (limit === 0) return 0;
    let bytes = await this.archive.outputBytes();
    let removed = 0;
    while (bytes > limit) {
      const ids = await this.archive.withOutputsBefore(new Date());
      if (ids.length === 0) return removed;
      for (const id of ids) {
        if (bytes <= limit) return removed;
        bytes -= await this.expire(id);
        removed += 1;
      }
    }
    return removed;
  }

  private async removeUploads(): Promise<void> {
    const moment = new Date(this.clock.now() - DAY_MS);
    const old = await this.uploads.olderThan(moment);
    for (let at = 0; at < old.length; at += BATCH) {
      const ids = old.slice(at, at + BATCH);
      const used = await this.archive.uploadsInUse(ids);
      for (const id of ids) if (!used.has(id)) await this.uploads.remove(id, moment);
    }
  }
}
