import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { StorageMonitor } from '../storage/index.js';
import { ModelFile, type FileFacts } from './model-file.entity.js';

/** Rows written by one statement: SQLite allows 32,766 values in one. */
const CHUNK = 500;

/** The stamp of a file: what must be the same for what is known of it to be true still. */
export function stampOf({ size, mtimeMs }: { size: number; mtimeMs: number }): string {
  return `${size}:${mtimeMs}`;
}

function* chunks<T>(entries: readonly T[]): Generator<T[]> {
  for (let at = 0; at < entries.length; at += CHUNK) yield entries.slice(at, at + CHUNK);
}

/** What is known of the weight files: a table, and a copy of it in memory to answer at once. */
@Injectable()
export class FileRecords {
  private readonly records = new Map<string, ModelFile>();
  private loading: Promise<void> | undefined;

  constructor(
    @InjectRepository(ModelFile) private readonly table: Repository<ModelFile>,
    private readonly storage: StorageMonitor,
  ) {}

  /** Must have settled before anything is asked. */
  load(): Promise<void> {
    this.loading ??= this.table.find().then((rows) => {
      for (const row of rows) this.records.set(row.path, row);
    });
    return this.loading;
  }

  /** What the file's header told; undefined when it changed since, or was never read. */
  facts(path: string, stamp: string): FileFacts | undefined {
    return this.current(path, stamp)?.facts ?? undefined;
  }

  /** The file's SHA-256, if it is known. Without a stamp: as it was when it was last looked at. */
  sha256(path: string, stamp?: string): string | undefined {
    const record = stamp === undefined ? this.records.get(path) : this.current(path, stamp);
    return record?.sha256 ?? undefined;
  }

  /** The SHA-256 of the file's tensors, if it is known. */
  tensorsSha256(path: string, stamp: string): string | undefined {
    return this.current(path, stamp)?.tensorsSha256 ?? undefined;
  }

  /** Keeps what was read of files; a hash of the same file stays known. */
  async keepFacts(read: ReadonlyArray<Pick<ModelFile, 'path' | 'stamp' | 'facts'>>): Promise<void> {
    await this.keep(read.map(({ path, stamp, facts }) => this.with(path, stamp, { facts })));
  }

  async keepHash(
    path: string,
    stamp: string,
    hash: Pick<ModelFile, 'sha256'> | Pick<ModelFile, 'tensorsSha256'>,
  ): Promise<void> {
    await this.keep([this.with(path, stamp, hash)]);
  }

  /** Forgets the files of these folders that are not there any more. */
  async forgetGone(isGone: (path: string) => boolean): Promise<void> {
    const gone = [...this.records.keys()].filter(isGone);
    for (const paths of chunks(gone)) {
      const forget = (): Promise<unknown> => this.table.delete(paths);
      await this.storage.optional('the end of model files', forget);
      for (const path of paths) this.records.delete(path);
    }
  }

  /** What is known of the file as it is now, with what was learnt. */
  private with(path: string, stamp: string, learnt: Partial<ModelFile>): ModelFile {
    const { facts = null, sha256 = null, tensorsSha256 = null } = this.current(path, stamp) ?? {};
    return { path, stamp, facts, sha256, tensorsSha256, ...learnt };
  }

  private current(path: string, stamp: string): ModelFile | undefined {
    const record = this.records.get(path);
    return record?.stamp === stamp ? record : undefined;
  }

  private async keep(rows: ModelFile[]): Promise<void> {
    await this.load();
    for (const part of chunks(rows)) {
      for (const row of part) this.records.set(row.path, row);
      const write = (): Promise<unknown> => this.table.upsert(part, ['path']);
      await this.storage.optional('what is known of model files', write);
    }
  }
}
