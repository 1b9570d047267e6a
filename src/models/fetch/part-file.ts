import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PARTIAL_SUFFIX, writeWhole } from '../../common/index.js';
import { moveNew } from './move-new.js';

/** Bytes after which what was written is made safe against a crash. */
const CHECKPOINT_BYTES = 64 * 1024 * 1024;

/** Milliseconds after which it is at the latest. */
const CHECKPOINT_MS = 2000;

/** By what a server tells that a file is still the same. */
export interface Validator {
  etag?: string;
  lastModified?: string;
}

/** What is written down beside a file that is not whole yet. */
export interface PartState {
  /** Absolute; where the whole file is to be. */
  path: string;
  /** Tells what is being downloaded; another one does not go on where this one stopped. */
  source: string;
  validator: Validator;
  /** Bytes that are safely on the disk. */
  bytes: number;
}

/** @returns undefined where nothing, or nothing of use, is written down. */
export async function readPartState(stateFile: string): Promise<PartState | undefined> {
  try {
    const state = JSON.parse(await readFile(stateFile, 'utf8')) as PartState;
    return Number.isSafeInteger(state.bytes) ? state : undefined;
  } catch {
    return undefined;
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : 0;
}

export interface PartPlace {
  /** Absolute; where the whole file is to be. */
  path: string;
  /** Where its state is written down. */
  stateFile: string;
  source: string;
}

/** A file on its way: `<name>.part` beside its place, and its state, with which a later try goes on. */
export class PartFile {
  validator: Validator = {};
  private hash: Hash = createHash('sha256');
  private written = 0;
  private safe = 0;
  private safeAt = performance.now();

  private constructor(
    private readonly file: FileHandle,
    private readonly place: PartPlace,
  ) {}

  /**
   * Opens what an earlier try left, or begins.
   * @param onRead told while what is there is read again, in bytes
   */
  static async open(
    place: PartPlace,
    signal: AbortSignal,
    onRead: (bytes: number) => void,
  ): Promise<PartFile> {
    const path = PartFile.pathOf(place.path);
    await mkdir(dirname(path), { recursive: true });
    const state = await readPartState(place.stateFile);
    const isSame = state?.source === place.source && state.path === place.path;
    const kept = isSame ? Math.min(state.bytes, await sizeOf(path)) : 0;
    const file = await open(path, kept > 0 ? 'r+' : 'w', 0o644);
    const part = new PartFile(file, place);
    try {
      await file.truncate(kept);
      if (kept > 0) {
        part.validator = state?.validator ?? {};
        await part.readAgain(kept, signal, onRead);
      }
      return part;
    } catch (error) {
      await part.close();
      throw error;
    }
  }

  static pathOf(path: string): string {
    return path + PARTIAL_SUFFIX;
  }

  /** Removes what an earlier try left. */
  static async discard({ path, stateFile }: Omit<PartPlace, 'source'>): Promise<void> {
    await rm(PartFile.pathOf(path), { force: true });
    await rm(stateFile, { force: true });
  }

  get path(): string {
    return PartFile.pathOf(this.place.path);
  }

  get bytes(): number {
    return this.written;
  }

  async write(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      const { bytesWritten } = await this.file.write(chunk, at, chunk.length - at, this.written);
      this.hash.update(chunk.subarray(at, at + bytesWritten));
      this.written += bytesWritten;
      at += bytesWritten;
    }
    const isDue =
      this.written - this.safe >= CHECKPOINT_BYTES ||
      performance.now() - this.safeAt >= CHECKPOINT_MS;
    if (isDue) await this.makeSafe();
  }

  /** From here on a crash loses nothing of what was written. */
  async makeSafe(): Promise<void> {
    await this.file.datasync();
    const { path, source } = this.place;
    const state: PartState = { path, source, validator: this.validator, bytes: this.written };
    await writeWhole(this.place.stateFile, Buffer.from(JSON.stringify(state)));
    this.safe = this.written;
    this.safeAt = performance.now();
  }

  /** Begins from nothing: the other server has another file now, or does not go on in the middle. */
  async restart(): Promise<void> {
    await this.file.truncate(0);
    this.hash = createHash('sha256');
    this.written = 0;
    this.validator = {};
    await this.makeSafe();
  }

  /** SHA-256 of all that was written, lower-case hex. */
  sha256(): string {
    return this.hash.copy().digest('hex');
  }

  /** Gives the file its name. @throws the system's EEXIST when there is one meanwhile. */
  async complete(): Promise<void> {
    await this.file.sync();
    await moveNew(this.path, this.place.path);
    await rm(this.place.stateFile, { force: true });
  }

  async discard(): Promise<void> {
    await PartFile.discard(this.place);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async readAgain(
    bytes: number,
    signal: AbortSignal,
    onRead: (bytes: number) => void,
  ): Promise<void> {
    const options = { end: bytes - 1, highWaterMark: 1 << 20, signal };
    for await (const chunk of createReadStream(this.path, options)) {
      this.hash.update(chunk as Buffer);
      this.written += (chunk as Buffer).length;
      onRead(this.written);
    }
    this.safe = this.written;
  }
}
