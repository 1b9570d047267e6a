import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { atomically, change, rowsOf, type Steps } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { shareOf, virtualTime, type QueueClock } from './fair-share.js';
import { IdempotencyScope } from './idempotency/idempotency-scope.js';
import { JobRepository } from './job.repository.js';
import { QueueFullError, TooManyJobsError } from './queue.errors.js';

export interface NewJob {
  kind: string;
  /** What a list shows of it, and what the history is searched for. */
  title: string;
  /** Handed to the kind's handler; plain JSON. */
  request: object;
  /** Name of the model it uses, for the history. */
  model?: string;
  /** What it is estimated to take, in megapixel-steps; decides its user's turn. */
  cost?: number;
  /** Ids of the uploads it needs, which are kept as long as the job. */
  uploads?: string[];
  /** The job of which this is another try. */
  retryOf?: string;
}

/** A megapixel at twenty steps: what a job is taken for that does not say. */
const UNKNOWN_COST = 20;

/** Jobs that must end before another fits; thrown within the transaction, which it undoes. */
class NoRoom extends Error {
  constructor(readonly whose: 'queue' | 'user') {
    super('no room');
  }
}

/** The queue's door: stores a job, its place, its uploads and its key, all or nothing. */
@Injectable()
export class JobIntake {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    private readonly jobs: JobRepository,
  ) {}

  /**
   * @returns the id of the job, which is not lost from here on; of the one that an earlier try of the same
   * request has stored, if there is one.
   * @throws QueueFullError, TooManyJobsError
   */
  async add(ownerId: string, job: NewJob): Promise<string> {
    const scope = IdempotencyScope.get();
    const known = scope?.takeKnown();
    if (known) return known;
    const id = randomUUID();
    try {
      await atomically(this.source, () => this.accept(id, ownerId, job, scope));
    } catch (error) {
      throw error instanceof NoRoom ? await this.refusal(error) : error;
    }
    scope?.remembered(id);
    return id;
  }

  private *accept(
    id: string,
    ownerId: string,
    job: NewJob,
    scope: IdempotencyScope | undefined,
  ): Steps<void> {
    yield* this.checkRoom(ownerId);
    const startTag = yield* this.takeTurn(ownerId, job.cost ?? UNKNOWN_COST);
    yield* change(
      `INSERT INTO "jobs" ("id", "kind", "ownerId", "state", "title", "request", "attempts",
         "createdAt", "model", "cost", "startTag", "retryOf")
       VALUES (?, ?, ?, 'queued', ?, ?, 0, ?, ?, ?, ?, ?)`,
      id,
      job.kind,
      ownerId,
      job.title,
      JSON.stringify(job.request),
      Date.now(),
      job.model ?? null,
      job.cost ?? UNKNOWN_COST,
      startTag,
      job.retryOf ?? null,
    );
    for (const uploadId of new Set(job.uploads))
      yield* change('INSERT INTO "job_uploads" ("jobId", "uploadId") VALUES (?, ?)', id, uploadId);
    if (scope) yield* scope.remember(id);
  }

  private *checkRoom(ownerId: string): Steps<void> {
    const [counts] = yield* rowsOf<{ waiting: number; own: number }>(
      `SELECT (SELECT count(*) FROM "jobs" WHERE "state" = 'queued') AS "waiting",
         (SELECT count(*) FROM "jobs" WHERE "ownerId" = ? AND "state" IN ('queued', 'processing')) AS "own"`,
      ownerId,
    );
    if (!counts) return;
    if (counts.waiting >= this.config.queue.limit) throw new NoRoom('queue');
    if (counts.own >= this.config.queue.jobsPerUser) throw new NoRoom('user');
  }

  private *takeTurn(ownerId: string, cost: number): Steps<number> {
    const [clock] = yield* rowsOf<QueueClock & { own: number | null }>(
      `SELECT (SELECT max("startTag") FROM "jobs" WHERE "state" = 'processing') AS "processing",
         (SELECT min("startTag") FROM "jobs" WHERE "state" = 'queued') AS "queued",
         (SELECT max("finishTag") FROM "queue_shares") AS "finished",
         (SELECT "finishTag" FROM "queue_shares" WHERE "ownerId" = ?) AS "own"`,
      ownerId,
    );
    const now = clock ? virtualTime(clock) : 0;
    const { start, finish } = shareOf(now, clock?.own ?? 0, cost);
    yield* change(
      `INSERT INTO "queue_shares" ("ownerId", "finishTag") VALUES (?, ?)
       ON CONFLICT ("ownerId") DO UPDATE SET "finishTag" = excluded."finishTag"`,
      ownerId,
      finish,
    );
    return start;
  }

  private async refusal({ whose }: NoRoom): Promise<Error> {
    const seconds = await this.jobs.secondsPerJob();
    if (whose === 'queue') return new QueueFullError(this.config.queue.limit, seconds);
    return new TooManyJobsError(this.config.queue.jobsPerUser, seconds);
  }
}
