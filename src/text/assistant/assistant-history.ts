import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { DataSource, Repository } from 'typeorm';
import { StorageMonitor } from '../../storage/index.js';
import type { Principal } from '../../auth/index.js';
import { atomically, change, type SqlValue, type Steps } from '../../common/index.js';
import type { AssistantReply } from './assistant-events.js';
import { AssistantMessage } from './assistant-message.entity.js';

/** A message of the history as callers see it. */
export type AssistantRecord = Omit<AssistantMessage, 'sequence' | 'ownerId'>;

const INSERT = `INSERT INTO "assistant_messages"
  ("ownerId", "role", "content", "thinking", "actions", "toolCalls", "createdAt")
  VALUES (?, ?, ?, ?, ?, ?, ?)`;

const PRUNE = `DELETE FROM "assistant_messages" WHERE "ownerId" = ? AND "sequence" NOT IN
  (SELECT "sequence" FROM "assistant_messages" WHERE "ownerId" = ? ORDER BY "sequence" DESC LIMIT ?)`;

/** What each user and the assistant said to each other; nobody sees that of another. */
@Injectable()
export class AssistantHistory {
  constructor(
    @InjectRepository(AssistantMessage) private readonly messages: Repository<AssistantMessage>,
    private readonly source: DataSource,
    private readonly storage: StorageMonitor,
  ) {}

  /** Adds a question and its answer together, and drops the oldest beyond what is kept. */
  async add(
    { userId }: Principal,
    question: string,
    { message, thinking, actions, toolCalls }: AssistantReply,
    keptTurns: number,
  ): Promise<void> {
    const now = Date.now();
    const asked: SqlValue[] = [userId, 'user', question, '', '[]', '[]', now];
    const lists = [JSON.stringify(actions), JSON.stringify(toolCalls)];
    const answered: SqlValue[] = [userId, 'assistant', message, thinking, ...lists, now];
    const write = (): Promise<void> =>
      atomically(this.source, function* (): Steps<void> {
        yield* change(INSERT, ...asked);
        yield* change(INSERT, ...answered);
        yield* change(PRUNE, userId, userId, keptTurns * 2);
      });
    await this.storage.optional('a turn of the assistant', write);
  }

  /** The newest messages of the caller, the oldest of them first. */
  async newest({ userId }: Principal, limit: number): Promise<AssistantMessage[]> {
    const messages = await this.messages.find({
      where: { ownerId: userId },
      order: { sequence: 'desc' },
      take: limit,
    });
    return messages.toReversed();
  }

  count({ userId }: Principal): Promise<number> {
    return this.messages.countBy({ ownerId: userId });
  }

  /** @returns how many there were */
  async clear({ userId }: Principal): Promise<number> {
    const { affected } = await this.messages.delete({ ownerId: userId });
    return affected ?? 0;
  }
}
