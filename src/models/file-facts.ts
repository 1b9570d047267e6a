import { stat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { messageOf, withoutPaths } from '../common/index.js';
import { HeaderError } from './headers/header.js';
import { withHeaders } from './headers/headers.js';
import type { Identity } from './identify/identify.js';
import { FileRecords, stampOf } from './file-records.js';
import { inParallel } from './in-parallel.js';
import type { FileFacts } from './model-file.entity.js';
import type { ModelType } from './model-type.js';
import { isPickle } from './walk.js';

/** Counted up when the rules change, so that every header is read again. */
const RULES = 2;

/** Headers read at once. */
const AT_ONCE = 8;

export interface FileToRead {
  path: string;
  size: number;
  mtimeMs: number;
  type: ModelType | null;
}

interface Reading extends FileFacts {
  /** Whether it stays so for as long as the file is the same: what the system refuses now, it may allow the next time. */
  lasting: boolean;
}

async function read(path: string, as: ModelType | null): Promise<Reading> {
  const reading = { as, rules: RULES, lasting: true };
  try {
    const identity = await withHeaders('identify', path, as);
    return { ...reading, identity, problem: null };
  } catch (error) {
    const lasting = error instanceof HeaderError;
    return { ...reading, lasting, identity: null, problem: withoutPaths(messageOf(error)) };
  }
}

/** What the headers of weight files tell, read once for as long as a file stays the same. */
@Injectable()
export class HeaderFacts {
  constructor(private readonly records: FileRecords) {}

  /** By path; pickles have none. */
  async of(files: readonly FileToRead[]): Promise<Map<string, FileFacts>> {
    await this.records.load();
    const facts = new Map<string, FileFacts>();
    const unknown = files.filter((file) => {
      const known = this.records.facts(file.path, stampOf(file));
      const good = known?.rules === RULES && known.as === file.type;
      if (good) facts.set(file.path, known);
      return !good && !isPickle(file.path);
    });
    const fresh = await inParallel(AT_ONCE, unknown, async (file) => {
      const { lasting, ...told } = await read(file.path, file.type);
      facts.set(file.path, told);
      return lasting ? [{ path: file.path, stamp: stampOf(file), facts: told }] : [];
    });
    await this.records.keepFacts(fresh.flat());
    return facts;
  }

  /** What the header of one file tells, wherever it lies; undefined where it tells nothing. @throws the system's error */
  async identityOf(path: string): Promise<Identity | undefined> {
    await this.records.load();
    const known = this.records.facts(path, stampOf(await stat(path)));
    if (known?.rules === RULES) return known.identity ?? undefined;
    if (isPickle(path)) return undefined;
    return (await read(path, null)).identity ?? undefined;
  }
}
