import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { DataSource, Repository } from 'typeorm';
import { StorageMonitor } from '../../storage/index.js';
import type { Principal } from '../../auth/index.js';
import { atomically, change, type Steps } from '../../common/index.js';
import { PromptEntryNotFoundError } from '../text.errors.js';
import { PromptEntry } from './prompt-entry.entity.js';

export type NewPromptEntry = Pick<
  PromptEntry,
  'original' | 'enhanced' | 'model' | 'success' | 'errorMessage'
>;

/** Part of a list: how many entries, after how many others. */
export interface Slice {
  limit: number;
  offset: number;
  /** Default: the newest. */
  oldestFirst?: boolean;
}

const INSERT = `INSERT INTO "prompt_history"
  ("id", "ownerId", "original", "enhanced", "model", "success", "errorMessage", "createdAt")
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

const PRUNE = `DELETE FROM "prompt_history" WHERE "ownerId" = ? AND "sequence" NOT IN
  (SELECT "sequence" FROM "prompt_history" WHERE "ownerId" = ? ORDER BY "sequence" DESC LIMIT ?)`;

/** The prompts that each user had made better; nobody sees those of another. */
@Injectable()
export class PromptHistory {
  constructor(
    @InjectRepository(PromptEntry) private readonly entries: Repository<PromptEntry>,
    private readonly source: DataSource,
    private readonly storage: StorageMonitor,
  ) {}

  /** Adds an entry, and drops the oldest beyond what is kept. */
  async add(
    { userId }: Principal,
    entry: NewPromptEntry,
    kept: number,
  ): Promise<Omit<PromptEntry, 'sequence'>> {
    const whole = { id: randomUUID(), ownerId: userId, ...entry, createdAt: new Date() };
    const write = (): Promise<void> =>
      atomically(this.source, function* (): Steps<void> {
        const { original, enhanced, model, success, errorMessage } = whole;
        const texts = [whole.id, userId, original, enhanced, model.slice(0, 255)];
        const rest = [success ? 1 : 0, errorMessage, whole.createdAt.getTime()];
        yield* change(INSERT, ...texts, ...rest);
        yield* change(PRUNE, userId, userId, kept);
      });
    await this.storage.optional('an entry of the prompt history', write);
    return whole;
  }

  /** A part of the caller's entries, and how many there are in all. */
  list(
    { userId }: Principal,
    { limit, offset, oldestFirst = false }: Slice,
  ): Promise<[PromptEntry[], number]> {
    return this.entries.findAndCount({
      where: { ownerId: userId },
      order: { sequence: oldestFirst ? 'asc' : 'desc' },
      take: limit,
      skip: offset,
    });
  }

  count({ userId }: Principal): Promise<number> {
    return this.entries.countBy({ ownerId: userId });
  }

  /** @throws PromptEntryNotFoundError also for an entry of somebody else */
  async find({ userId }: Principal, id: string): Promise<PromptEntry> {
    const entry = await this.entries.findOneBy({ id, ownerId: userId });
    if (!entry) throw new PromptEntryNotFoundError();
    return entry;
  }

  /** @throws PromptEntryNotFoundError also for an entry of somebody else */
  async remove({ userId }: Principal, id: string): Promise<void> {
    const { affected } = await this.entries.delete({ id, ownerId: userId });
    if (affected !== 1) throw new PromptEntryNotFoundError();
  }

  /** @returns how many there were */
  async clear({ userId }: Principal): Promise<number> {
    const { affected } = await this.entries.delete({ ownerId: userId });
    return affected ?? 0;
  }
}
