import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import {
  InsufficientStorageError,
  isBusyError,
  isStorageError,
  messageOf,
} from '../common/index.js';
import { CONFIG, StorageReserve, type Config } from '../config/index.js';

/** Milliseconds between two looks at how much is free. */
const LOOK_EVERY_MS = 5000;

/** Milliseconds between two warnings of writes that were left out. */
const WARN_EVERY_MS = 60_000;

/** Tries of a write that fails although there is room, before it is taken to be too large. */
const TRIES_WITH_ROOM = 3;

export interface StorageProblem {
  code: string;
  message: string;
}

/** Knows whether the disk is full, keeps the reserve, and lets work wait until there is room. */
@Injectable()
export class StorageMonitor implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Storage');
  private readonly reserve: StorageReserve;
  private readonly listeners = new Set<() => void>();
  private full = false;
  private warnedAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(@Inject(CONFIG) config: Config) {
    this.reserve = StorageReserve.of(config);
    this.reserve.onFull = () => this.enter();
  }

  /** Whether the disk is full: nothing new is begun or taken in, and what is optional is not written. */
  get isFull(): boolean {
    return this.full;
  }

  /** What is wrong, for whoever asks; undefined while nothing is. */
  get problem(): StorageProblem | undefined {
    if (!this.full) return undefined;
    const { code, message } = new InsufficientStorageError();
    return { code, message };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.look();
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    this.reserve.onFull = () => undefined;
  }

  /** Has this called each time that the disk becomes full, or has room again. @returns how to end that */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @throws InsufficientStorageError while the disk is full */
  assertRoom(): void {
    if (this.full) throw new InsufficientStorageError();
  }

  /** Takes note of an error of a write, if it was one for want of room. @returns whether it was */
  note(error: unknown): boolean {
    if (!isStorageError(error)) return false;
    void this.look();
    return true;
  }

  /**
   * Writes something that is not needed to answer, such as the last use of a key: an error is logged and
   * passes, and on a full disk it is not even tried, since what is left is for what people need.
   * @param what for the log: what is missing then
   * @returns whether it was written
   */
  async optional(what: string, write: () => Promise<unknown>): Promise<boolean> {
    try {
      this.assertRoom();
      await write();
      return true;
    } catch (error) {
      if (performance.now() - this.warnedAt >= WARN_EVERY_MS) {
        this.warnedAt = performance.now();
        this.logger.warn(`Not written: ${what} (${messageOf(error)})`);
      }
      return false;
    }
  }

  /**
   * Does a write that must not be lost: while the disk is full, it waits for room and tries again; while
   * another program holds the database, it tries again.
   * @param write leaves nothing behind when it fails
   * @throws the reason of the signal; InsufficientStorageError where it fails although there is room for others
   */
  async persist<T>(write: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let triesWithRoom = 0; ;) {
      try {
        return await write();
      } catch (error) {
        if (isBusyError(error)) {
          signal.throwIfAborted();
          continue;
        }
        if (!isStorageError(error)) throw error;
        await this.look();
        if (!this.full) triesWithRoom += 1;
        if (triesWithRoom === TRIES_WITH_ROOM) throw new InsufficientStorageError(error);
        await this.whenRoom(signal);
      }
    }
  }

  /** Settles when there is room, at once where there is. @throws the reason of the signal */
  async whenRoom(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.full) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => reject(signal.reason as Error);
    const stop = this.onChange(() => {
      if (!this.full) resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      stop();
      signal.removeEventListener('abort', abort);
    }
  }

  /** Looks at how much is free; makes the reserve again where there is room for it. */
  look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    try {
      const scarce = await this.reserve.isScarce();
      if (scarce) return this.enter();
      if (this.full || !this.reserve.isInPlace()) {
        if (await this.reserve.restore()) this.leave();
        else this.enter();
      }
    } catch (error) {
      this.logger.warn(`How much is free is not known: ${messageOf(error)}`);
    }
  }

  private enter(): void {
    if (this.full) return;
    this.full = true;
    this.logger.error(
      'The disk is full: no job is begun and nothing new is taken in until there is room. Sign in and delete jobs or models, or make room on the disk.',
    );
    this.tell();
  }

  private leave(): void {
    if (!this.full) return;
    this.full = false;
    this.logger.log('There is room on the disk again: work goes on.');
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
