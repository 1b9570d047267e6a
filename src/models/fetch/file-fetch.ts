import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError, messageOf } from '../../common/index.js';
import { HubUnavailableError } from '../hubs/hub.errors.js';
import {
  refuse,
  retryAfterOf,
  shownAddress,
  type Fetched,
  type HubHttp,
} from '../hubs/hub-http.js';
import { lengthBehindRange, parseContentRange } from './content-range.js';
import type { DiskRoom } from './disk-room.js';
import { everyChunk } from './every-chunk.js';
import { ChecksumError, ModelDownloadError } from './fetch.errors.js';
import { PartFile, type Validator } from './part-file.js';

/** Cuts in a row that brought nothing after which a download is given up for now. */
const VAIN_CUTS = 5;

/** Milliseconds before the first new try; twice as many before each that follows a vain one. */
const FIRST_PAUSE_MS = 250;

/** Bytes after which a disk is looked at again, where nobody said how long the file is. */
const ROOM_STEP = 64 * 1024 * 1024;

export interface FilePlan {
  url: URL;
  /** Absolute; where the file is to be. */
  path: string;
  /** Where the state of an unfinished download is written down. */
  stateFile: string;
  /** Bytes, where that is known for sure. */
  size: number | null;
  /** Lower-case hex. */
  sha256: string | null;
}

export interface FetchWatch {
  signal: AbortSignal;
  /** @param total bytes of the whole file; 0 while not known */
  onProgress(phase: 'verifying' | 'downloading', bytes: number, total: number): void;
}

/** The connection brought an end that is not the end of the file. */
class CutError extends Error {
  constructor(
    message: string,
    readonly waitSeconds = 0,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** What was fetched and lies in its part file, checked and not named yet. */
export interface FetchedFile {
  part: PartFile;
  sha256: string;
  bytes: number;
}

function validatorOf({ headers }: Fetched): Validator {
  const { etag, 'last-modified': lastModified } = headers;
  // A weak tag does not promise the same bytes (RFC 9110, 13.1.5).
  return {
    ...(etag && !etag.startsWith('W/') && { etag }),
    ...(lastModified && { lastModified }),
  };
}

function isOther(known: Validator, now: Validator): boolean {
  if (known.etag !== undefined && now.etag !== undefined) return known.etag !== now.etag;
  return (
    known.lastModified !== undefined &&
    now.lastModified !== undefined &&
    known.lastModified !== now.lastModified
  );
}

/** Fetches one file over as many connections as it takes. */
export class FileFetch {
  private readonly part: PartFile;
  private total: number | null;
  private roomUntil = 0;

  private constructor(
    private readonly plan: FilePlan,
    private readonly watch: FetchWatch,
    private readonly http: HubHttp,
    private readonly room: DiskRoom,
    part: PartFile,
  ) {
    this.part = part;
    this.total = plan.size;
  }

  /**
   * Gives the whole file in its part file, which the caller completes or discards, and closes.
   * @throws ModelDownloadError when the other server does not give it, which another try may cure; then
   * what has come is kept. ChecksumError, DiskFullError, ModelFileTooLargeError, HubNotFoundError,
   * HubRefusedError, AddressRefusedError: then nothing is.
   */
  static async fetch(
    plan: FilePlan,
    watch: FetchWatch,
    parts: { http: HubHttp; room: DiskRoom },
  ): Promise<FetchedFile> {
    const { path, stateFile, url } = plan;
    const source = createHash('sha256').update(url.href).digest('hex');
    const total = plan.size ?? 0;
    const part = await PartFile.open({ path, stateFile, source }, watch.signal, (bytes) =>
      watch.onProgress('verifying', bytes, total),
    );
    const fetch = new FileFetch(plan, watch, parts.http, parts.room, part);
    try {
      await fetch.passes();
      return { part, sha256: fetch.checked(), bytes: part.bytes };
    } catch (error) {
      await fetch.giveUp(error);
      throw error;
    }
  }

  private async passes(): Promise<void> {
    let furthest = this.part.bytes;
    for (let vain = 0; ;) {
      try {
        await this.pass();
        return;
      } catch (error) {
        this.watch.signal.throwIfAborted();
        if (!(error instanceof CutError)) throw error;
        await this.part.makeSafe();
        vain = this.part.bytes > furthest ? 0 : vain + 1;
        furthest = Math.max(furthest, this.part.bytes);
        if (vain >= VAIN_CUTS) throw new ModelDownloadError(error.message, true, error);
        const wait = Math.max(FIRST_PAUSE_MS * 2 ** vain, error.waitSeconds * 1000);
        await pause(wait, undefined, { signal: this.watch.signal });
      }
    }
  }

  /** One connection. @throws CutError when it ended too early */
  private async pass(): Promise<void> {
    const answer = await this.open();
    const chunks = everyChunk(answer.body);
    try {
      if (await this.begin(answer)) await this.read(chunks, answer.url.host);
    } finally {
      answer.close();
    }
    const { total, part } = this;
    if (total !== null && part.bytes < total)
      throw new CutError(`${part.bytes} of ${total} bytes have come, and then nothing more`);
  }

  private async open(): Promise<Fetched> {
    const { url } = this.plan;
    try {
      const headers = { accept: '*/*', ...this.rangeHeaders() };
      return await this.http.fetch(url, { headers, signal: this.watch.signal });
    } catch (error) {
      if (error instanceof AppError && !(error instanceof HubUnavailableError)) throw error;
      throw new CutError(`${url.host} cannot be reached (${messageOf(error)})`, 0, error);
    }
  }

  private rangeHeaders(): Record<string, string> {
    const { bytes, validator } = this.part;
    const condition = validator.etag ?? validator.lastModified;
    // Without a word that it is the same file, only a checksum could tell that two halves belong together.
    if (bytes === 0 || (condition === undefined && this.plan.sha256 === null)) return {};
    return { range: `bytes=${bytes}-`, ...(condition !== undefined && { 'if-range': condition }) };
  }

  /**
   * Reads the head of an answer: from where on it goes, and how long the whole file is.
   * @returns whether there is anything to read
   */
  private async begin(answer: Fetched): Promise<boolean> {
    const { status, headers } = answer;
    const asked = this.part.bytes > 0;
    if (status === 416 && asked) return this.nothingMore(answer);
    this.refuseFailure(answer);
    const range = parseContentRange(headers['content-range']);
    const now = validatorOf(answer);
    const goesOn = status === 206 && range?.start === this.part.bytes;
    const isOtherLength = range?.total != null && this.total !== null && range.total !== this.total;
    if (asked && status === 206 && (!goesOn || isOtherLength || isOther(this.part.validator, now)))
      return this.again('the file is not what it was');
    if (!goesOn && status === 206)
      throw new ModelDownloadError('a part came that was not asked for');
    if (!goesOn && asked) await this.part.restart();
    this.part.validator = now;
    const length = Number(headers['content-length'] ?? Number.NaN);
    const told = range?.total ?? (Number.isSafeInteger(length) ? this.part.bytes + length : null);
    await this.settleTotal(told);
    return true;
  }

  /** The other server has nothing behind what has come: that is all, or the file is another one. */
  private async nothingMore({ headers }: Fetched): Promise<false> {
    const { bytes } = this.part;
    const length = lengthBehindRange(headers['content-range']);
    if (length !== bytes) return this.again('the file is not what it was');
    if (this.total !== null && this.total !== bytes)
      throw new ModelDownloadError(`it should have ${this.total} bytes, and has ${bytes}`);
    return false;
  }

  /** Begins from nothing, with a new connection. */
  private async again(why: string): Promise<never> {
    await this.part.restart();
    this.total = this.plan.size;
    throw new CutError(why);
  }

  private refuseFailure(answer: Fetched): void {
    const { status, headers, url } = answer;
    if (status === 429 || status === 408 || status >= 500)
      throw new CutError(`${url.host} answered with status ${status}`, retryAfterOf(answer, 0));
    refuse(this.http.nameOf(url), `file at ${shownAddress(url)}`, answer);
    if (status !== 200 && status !== 206)
      throw new ModelDownloadError(`${url.host} answered with status ${status}`);
    if (headers['content-type']?.startsWith('text/html'))
      throw new ModelDownloadError(`${url.host} answered with a web page, perhaps one to log in`);
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity')
      throw new ModelDownloadError(`${url.host} sends it packed, which was not asked for`);
  }

  private async settleTotal(told: number | null): Promise<void> {
    const { size, path } = this.plan;
    if (told !== null && size !== null && told !== size)
      throw new ModelDownloadError(`it should have ${size} bytes, and is said to have ${told}`);
    this.total = told ?? size;
    if (this.total === null) return;
    this.room.checkSize(this.total);
    await this.room.check(dirname(path), this.total - this.part.bytes);
  }

  private async read(chunks: AsyncIterable<Buffer>, host: string): Promise<void> {
    const { part, watch } = this;
    try {
      for await (const chunk of chunks) {
        await this.checkRoom(chunk.length);
        await part.write(chunk);
        watch.onProgress('downloading', part.bytes, this.total ?? 0);
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (error instanceof AppError || code === 'EIO' || code === 'EDQUOT') throw error;
      if (code === 'ENOSPC') throw await this.room.refusal(dirname(this.plan.path), part.bytes);
      throw new CutError(`the connection to ${host} broke (${messageOf(error)})`, 0, error);
    }
  }

  private async checkRoom(next: number): Promise<void> {
    const { part, total, plan } = this;
    const bytes = part.bytes + next;
    if (total !== null && bytes > total)
      throw new ModelDownloadError(`it should have ${total} bytes, and more of them come`);
    if (total !== null) return;
    this.room.checkSize(bytes);
    if (bytes < this.roomUntil) return;
    await this.room.check(dirname(plan.path), next);
    this.roomUntil = bytes + ROOM_STEP;
  }

  private checked(): string {
    const actual = this.part.sha256();
    const expected = this.plan.sha256;
    if (expected !== null && expected !== actual) throw new ChecksumError(expected, actual);
    return actual;
  }

  /** Keeps what has come where another try may go on with it. */
  private async giveUp(error: unknown): Promise<void> {
    const isPassing = error instanceof ModelDownloadError && error.isPassing;
    if (isPassing || this.watch.signal.aborted) await this.part.makeSafe();
    else await this.part.discard();
    await this.part.close();
  }
}
