import { Injectable, Logger } from '@nestjs/common';
import { isBusyError, isStorageError, messageOf } from '../common/index.js';
import { StorageMonitor } from '../storage/index.js';

/** Waits between two tries, in milliseconds: doubled from the first to the longest. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;

/** Tries of a write that fails for another reason than that the disk is full or the database busy. */
const TRIES = 5;

function isPassing(error: unknown): boolean {
  return isStorageError(error) || isBusyError(error);
}

/**
 * Writes what became of a job until it is written. What cannot be written, because the disk is full or
 * another process holds the database, is kept in memory and tried again.
 */
@Injectable()
export class JobEndings {
  private readonly logger = new Logger(JobEndings.name);
  private readonly stop = Promise.withResolvers<void>();
  private stopping = false;

  constructor(private readonly storage: StorageMonitor) {}

  /**
   * @param onStuck called when it has to wait for room on the disk
   * @throws what the last try threw, when the server stops or the reason does not pass
   */
  async write<T>(jobId: string, write: () => Promise<T>, onStuck?: () => void): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await write();
      } catch (error) {
        if (this.stopping || (tries >= TRIES && !isPassing(error))) throw error;
        this.logger.error(
          `What became of job ${jobId} could not be written and is tried again: ${messageOf(error)}`,
        );
        if (this.storage.note(error)) onStuck?.();
        await this.pause(Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS));
      }
    }
  }

  /** Gives each one more try and then up: the next start finds its job in progress. */
  giveUp(): void {
    this.stopping = true;
    this.stop.resolve();
  }

  /** Ends early when there is room again, or the server stops. */
  private async pause(ms: number): Promise<void> {
    const changed = Promise.withResolvers<void>();
    const timer = setTimeout(changed.resolve, ms);
    const unlisten = this.storage.onChange(changed.resolve);
    await Promise.race([changed.promise, this.stop.promise]);
    clearTimeout(timer);
    unlisten();
  }
}
