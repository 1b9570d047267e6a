import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { messageOf } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { EventBus } from '../events/index.js';
import { JobArchive } from '../queue/index.js';
import { UploadStore } from './upload-store.js';

const MIB = 1024 * 1024;

/** How often the inputs of users whose jobs have ended meanwhile are looked at, in milliseconds. */
const EVERY_MS = 10_000;

/** An upload that was kept this short a while ago may be for a job that is not stored yet, in milliseconds. */
const YOUNG_MS = 60_000;

const FINAL: readonly string[] = ['completed', 'failed', 'cancelled'];

/**
 * Keeps the input images of a user's ended jobs within a bound, so that these can be tried again: beyond it the
 * oldest jobs lose theirs.
 */
@Injectable()
export class InputRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(InputRetention.name);
  /** Users of whom a job has ended since the last look. */
  private readonly due = new Set<string>();
  /** Uploads that no job needs any more, as far as is known. */
  private readonly released = new Set<string>();
  private readonly limit: number;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private unsubscribe: () => void = () => undefined;

  constructor(
    @Inject(CONFIG) { files }: Config,
    private readonly archive: JobArchive,
    private readonly uploads: UploadStore,
    private readonly events: EventBus,
  ) {
    this.limit = files.keptInputMb * MIB;
  }

  onApplicationBootstrap(): void {
    if (this.limit === 0) return;
    this.unsubscribe = this.events.on('job.updated', ({ ownerId, update }) => {
      if (FINAL.includes(update.status)) this.due.add(ownerId);
    });
    this.timer = setInterval(() => {
      this.sweeping = this.sweeping.then(() => this.sweepSafely());
    }, EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.unsubscribe();
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** Looks at the users that are due. @param now before this moment less a minute, uploads are removed */
  async sweep(now = new Date()): Promise<void> {
    for (const ownerId of this.due) {
      this.due.delete(ownerId);
      for (const id of await this.archive.expireInputs(ownerId, this.limit)) this.released.add(id);
    }
    if (this.released.size === 0) return;
    const ids = [...this.released];
    const used = await this.archive.uploadsInUse(ids);
    const moment = new Date(now.getTime() - YOUNG_MS);
    for (const id of ids) {
      if (used.has(id) || (await this.uploads.remove(id, moment))) this.released.delete(id);
    }
  }

  private async sweepSafely(): Promise<void> {
    await this.sweep().catch((error: unknown) =>
      this.logger.error(`Old input images could not be removed: ${messageOf(error)}`),
    );
  }
}
