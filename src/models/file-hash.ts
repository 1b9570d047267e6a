import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { messageOf } from '../common/index.js';
import { FileRecords, stampOf } from './file-records.js';

/** Read and hashed at once, in bytes: about a millisecond's work, so that nobody waits for it. */
const CHUNK_BYTES = 1 << 20;

/** How often a file that changes while it is read is begun again. */
const ATTEMPTS = 3;

/** A file that is being read. */
export interface HashProgress {
  path: string;
  bytesDone: number;
  bytes: number;
}

/** What reading in the background gives way to. */
interface Courtesy {
  signal: AbortSignal;
  pause(): Promise<unknown>;
}

/** SHA-256 of files, one at a time, computed once for as long as a file's size and date stay the same. */
@Injectable()
export class FileHashes implements BeforeApplicationShutdown {
  private readonly logger = new Logger(FileHashes.name);
  private readonly asked = new Map<string, Promise<string>>();
  private readonly waiting = new Set<string>();
  private readonly stopping = new AbortController();
  private turn: Promise<unknown> = Promise.resolve();
  private background: Promise<void> | undefined;
  private reading: HashProgress[] = [];
  private readonly courtesy: Courtesy = {
    signal: this.stopping.signal,
    pause: () => this.turn,
  };

  constructor(private readonly records: FileRecords) {}

  /**
   * Goes before all that is computed in the background, which pauses meanwhile.
   * @returns lower-case hex.
   */
  async of(path: string): Promise<string> {
    await this.records.load();
    const known = this.records.sha256(path, stampOf(await stat(path)));
    if (known !== undefined) return known;
    const asked = this.asked.get(path) ?? this.ask(path);
    return asked;
  }

  /** Computes what is not known of these files, one after the other, when nothing else is asked. */
  inBackground(paths: readonly string[]): void {
    for (const path of paths) this.waiting.add(path);
    this.background ??= this.workOff().finally(() => {
      this.background = undefined;
    });
  }

  /** How far the file is that is being read; undefined when it is not its turn. */
  progressOf(path: string): HashProgress | undefined {
    return this.reading.find((file) => file.path === path);
  }

  /** Whether the file is to be read, or being read. */
  isDue(path: string): boolean {
    return this.asked.has(path) || this.waiting.has(path) || this.progressOf(path) !== undefined;
  }

  /** Leaves the background; what a job waits for is finished, so that the job can be. */
  async beforeApplicationShutdown(): Promise<void> {
    this.waiting.clear();
    this.stopping.abort();
    await this.background;
  }

  private ask(path: string): Promise<string> {
    const result = this.turn.then(() => this.compute(path));
    this.turn = result.catch(() => undefined);
    this.asked.set(path, result);
    void this.turn.then(() => this.asked.delete(path));
    return result;
  }

  private async workOff(): Promise<void> {
    await this.records.load();
    for (const path of this.waiting) {
      try {
        const known = this.records.sha256(path, stampOf(await stat(path)));
        if (known === undefined) await this.compute(path, this.courtesy);
      } catch (error) {
        if (!this.stopping.signal.aborted)
          this.logger.warn(`No hash of ${path}: ${messageOf(error)}`);
      }
      this.waiting.delete(path);
    }
  }

  private async compute(path: string, courtesy?: Courtesy): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      const before = await stat(path);
      const sha256 = await this.read(path, before.size, courtesy);
      const stamp = stampOf(await stat(path));
      if (stamp === stampOf(before)) {
        await this.records.keepHash(path, stamp, sha256);
        return sha256;
      }
      if (attempt === ATTEMPTS) throw new Error('The file changes while it is read.');
    }
  }

  private async read(path: string, bytes: number, courtesy?: Courtesy): Promise<string> {
    const hash = createHash('sha256');
    const progress: HashProgress = { path, bytesDone: 0, bytes };
    this.reading.push(progress);
    try {
      const options = { highWaterMark: CHUNK_BYTES, signal: courtesy?.signal };
      for await (const chunk of createReadStream(path, options)) {
        hash.update(chunk as Buffer);
        progress.bytesDone += (chunk as Buffer).length;
        await courtesy?.pause();
      }
      return hash.digest('hex');
    } finally {
      this.reading = this.reading.filter((file) => file !== progress);
    }
  }
}
