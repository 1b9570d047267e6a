import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { messageOf } from '../common/index.js';
import { FileRecords, stampOf } from './file-records.js';
import { HeaderError } from './headers/header.js';
import { headerLength, LENGTH_BYTES } from './headers/safetensors.js';

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

/** A hash to be computed: of a whole file, or of the tensors in it. */
interface Task {
  path: string;
  extent: 'file' | 'tensors';
}

function keyOf({ path, extent }: Task): string {
  return `${extent}:${path}`;
}

function hasTensors(path: string): boolean {
  return extname(path).toLowerCase() === '.safetensors';
}

/** Where the tensors of a safetensors file begin; 0 where that cannot be told, so that all of it counts. */
async function tensorsStart(path: string, size: number): Promise<number> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LENGTH_BYTES), 0, LENGTH_BYTES, 0);
    return LENGTH_BYTES + headerLength(buffer.subarray(0, bytesRead), size);
  } catch (error) {
    if (error instanceof HeaderError) return 0;
    throw error;
  } finally {
    await file.close();
  }
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
  private readonly waiting = new Map<string, Task>();
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
  of(path: string): Promise<string> {
    return this.hash({ path, extent: 'file' });
  }

  /** As {@link of}, of a safetensors file without its header; of another file as a whole. */
  ofTensors(path: string): Promise<string> {
    return hasTensors(path) ? this.hash({ path, extent: 'tensors' }) : this.of(path);
  }

  /**
   * Computes what is not known of these files, one after the other, when nothing else is asked.
   * @param tensorsOf of which the hash of the tensors is wanted too.
   */
  inBackground(paths: readonly string[], tensorsOf: readonly string[] = []): void {
    const tasks: Task[] = [
      ...paths.map((path) => ({ path, extent: 'file' as const })),
      ...tensorsOf.filter(hasTensors).map((path) => ({ path, extent: 'tensors' as const })),
    ];
    for (const task of tasks) this.waiting.set(keyOf(task), task);
    this.background ??= this.workOff().finally(() => {
      this.background = undefined;
    });
  }

  /** Of a file that was hashed as it was at the last look at the disk; lower-case hex. */
  recorded(path: string): string | undefined {
    return this.records.sha256(path);
  }

  /** How far the file is that is being read; undefined when it is not its turn. */
  progressOf(path: string): HashProgress | undefined {
    return this.reading.find((file) => file.path === path);
  }

  /** Whether the file is to be read, or being read. */
  isDue(path: string): boolean {
    const key = keyOf({ path, extent: 'file' });
    return this.asked.has(key) || this.waiting.has(key) || this.progressOf(path) !== undefined;
  }

  /** Leaves the background; what a job waits for is finished, so that the job can be. */
  async beforeApplicationShutdown(): Promise<void> {
    this.waiting.clear();
    this.stopping.abort();
    await this.background;
  }

  private async hash(task: Task): Promise<string> {
    const known = await this.known(task);
    return known ?? this.asked.get(keyOf(task)) ?? this.ask(task);
  }

  private async known({ path, extent }: Task): Promise<string | undefined> {
    await this.records.load();
    const stamp = stampOf(await stat(path));
    return extent === 'file'
      ? this.records.sha256(path, stamp)
      : this.records.tensorsSha256(path, stamp);
  }

  private ask(task: Task): Promise<string> {
    const result = this.turn.then(() => this.compute(task));
    this.turn = result.catch(() => undefined);
    this.asked.set(keyOf(task), result);
    void this.turn.then(() => this.asked.delete(keyOf(task)));
    return result;
  }

  private async workOff(): Promise<void> {
    for (const [key, task] of this.waiting) {
      try {
        if ((await this.known(task)) === undefined) await this.compute(task, this.courtesy);
      } catch (error) {
        if (!this.stopping.signal.aborted)
          this.logger.warn(`No hash of ${task.path}: ${messageOf(error)}`);
      }
      this.waiting.delete(key);
    }
  }

  private async compute({ path, extent }: Task, courtesy?: Courtesy): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      const before = await stat(path);
      const start = extent === 'tensors' ? await tensorsStart(path, before.size) : 0;
      const hash = await this.read(path, { start, bytes: before.size }, courtesy);
      const stamp = stampOf(await stat(path));
      if (stamp === stampOf(before)) {
        await this.records.keepHash(
          path,
          stamp,
          extent === 'file' ? { sha256: hash } : { tensorsSha256: hash },
        );
        return hash;
      }
      if (attempt === ATTEMPTS) throw new Error('The file changes while it is read.');
    }
  }

  private async read(
    path: string,
    { start, bytes }: { start: number; bytes: number },
    courtesy?: Courtesy,
  ): Promise<string> {
    const hash = createHash('sha256');
    const progress: HashProgress = { path, bytesDone: start, bytes };
    this.reading.push(progress);
    try {
      const options = { start, highWaterMark: CHUNK_BYTES, signal: courtesy?.signal };
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
