import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { atomically, change, InvalidParametersError, rowsOf, type Steps } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { StorageMonitor } from '../storage/index.js';
import { IdempotencyScope } from './idempotency/idempotency-scope.js';
import type { JobOrigin, Upload } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import type { Lane } from './lanes.js';
import { QueueFullError, TooManyJobsError, TooMuchInputError } from './queue.errors.js';
import { takeTurn } from './turns.js';

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
  /** The uploads it needs, which are kept as long as the job. */
  uploads?: Upload[];
  /** The job of which this is another try. */
  retryOf?: string;
  /** The title that the user gave it, at most 255 characters. */
  label?: string;
  /** What the client sent, where it speaks another API. */
  origin?: JobOrigin;
  /** Id of a job of the same owner that must have completed before this one begins. */
  after?: string;
}

/** A megapixel at twenty steps: what a job is taken for that does not say. */
const UNKNOWN_COST = 20;

const MIB = 1024 * 1024;

/** Longest label and tag, in characters. */
const TEXT_LIMIT = 255;

/** Jobs that must end before another fits; thrown within the transaction, which it undoes. */
class NoRoom extends Error {
  constructor(
    readonly whose: 'queue' | 'user' | 'input',
    readonly lane: Lane,
  ) {
    super('no room');
  }
}

/** A job and the queue in which it is to wait. */
export interface PlacedJob {
  lane: Lane;
  job: NewJob;
}

interface Accepted extends PlacedJob {
  id: string;
  ownerId: string;
}

function checkTexts({ label, origin }: NewJob): void {
  for (const [name, text] of Object.entries({ title: label ?? '', ...origin?.tags })) {
    if (text.length > TEXT_LIMIT)
      throw new InvalidParametersError(`${name} must have at most ${TEXT_LIMIT} characters.`);
  }
}

/** The queue's door: stores jobs, their places, their uploads and their key, all or nothing. */
@Injectable()
export class JobIntake {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    private readonly jobs: JobRepository,
    private readonly storage: StorageMonitor,
  ) {}

  /**
   * @returns the ids of the jobs, which are not lost from here on; of those that an earlier try of the same
   * request has stored, if there are such.
   * @throws QueueFullError, TooManyJobsError, TooMuchInputError, InsufficientStorageError, InvalidParametersError
   * for a label or tag that is too long.
   */
  async add(ownerId: string, jobs: readonly PlacedJob[]): Promise<string[]> {
    const scope = IdempotencyScope.get();
    if (!scope) return this.store(ownerId, jobs);
    return scope.nextJobs(jobs.length, () => this.store(ownerId, jobs, scope));
  }

  private async store(
    ownerId: string,
    jobs: readonly PlacedJob[],
    scope?: IdempotencyScope,
  ): Promise<string[]> {
    this.storage.assertRoom();
    for (const { job } of jobs) checkTexts(job);
    const accepted = jobs.map((one) => ({ id: randomUUID(), ownerId, ...one }));
    try {
      await atomically(this.source, () => this.acceptAll(accepted, scope));
    } catch (error) {
      throw error instanceof NoRoom ? await this.refusal(error) : error;
    }
    return accepted.map(({ id }) => id);
  }

  private *acceptAll(
    accepted: readonly Accepted[],
    scope: IdempotencyScope | undefined,
  ): Steps<void> {
    for (const one of accepted) yield* this.accept(one);
    if (scope) yield* scope.remember(accepted.map(({ id }) => id));
  }

  private *accept(accepted: Accepted): Steps<void> {
    const { id, ownerId, lane, job } = accepted;
    yield* this.checkRoom(ownerId, lane);
    // A job that waits for another one takes its turn when that has completed.
    const blocked = job.after !== undefined;
    const cost = job.cost ?? UNKNOWN_COST;
    const startTag = blocked ? 0 : yield* takeTurn(lane, ownerId, cost);
    yield* change(
      `INSERT INTO "jobs" ("id", "kind", "ownerId", "state", "title", "request", "attempts", "createdAt",
         "model", "cost", "lane", "startTag", "retryOf", "label", "origin", "after", "blocked")
       VALUES (?, ?, ?, 'queued', ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      job.kind,
      ownerId,
      job.title,
      JSON.stringify(job.request),
      Date.now(),
      job.model ?? null,
      cost,
      lane,
      startTag,
      job.retryOf ?? null,
      job.label ?? null,
      job.origin ? JSON.stringify(job.origin) : null,
      job.after ?? null,
      Number(blocked),
    );
    yield* this.addBelongings(accepted);
  }

  private *addBelongings({ id, ownerId, job, ...placed }: Accepted): Steps<void> {
    const uploads = new Map(job.uploads?.map((upload) => [upload.id, upload.bytes]));
    for (const [uploadId, bytes] of uploads)
      yield* change(
        'INSERT INTO "job_uploads" ("jobId", "uploadId", "bytes") VALUES (?, ?, ?)',
        id,
        uploadId,
        bytes,
      );
    if (uploads.size > 0) yield* this.checkInputBytes(ownerId, placed.lane);
    for (const [name, value] of Object.entries(job.origin?.tags ?? {})) {
      yield* change(
        'INSERT INTO "job_tags" ("jobId", "name", "value", "ownerId") VALUES (?, ?, ?, ?)',
        id,
        name,
        value,
        ownerId,
      );
    }
  }

  private *checkRoom(ownerId: string, lane: Lane): Steps<void> {
    const [counts] = yield* rowsOf<{ waiting: number; own: number }>(
      `SELECT
         (SELECT count(*) FROM "jobs" WHERE "state" = 'queued' AND "lane" = ?) AS "waiting",
         (SELECT count(*) FROM "jobs"
          WHERE "ownerId" = ? AND "state" IN ('queued', 'processing') AND "lane" = ?) AS "own"`,
      lane,
      ownerId,
      lane,
    );
    if (!counts) return;
    if (counts.waiting >= this.config.queue.limit) throw new NoRoom('queue', lane);
    if (counts.own >= this.config.queue.jobsPerUser) throw new NoRoom('user', lane);
  }

  /** Counts each upload once, with the job that was just stored; what throws here undoes that. */
  private *checkInputBytes(ownerId: string, lane: Lane): Steps<void> {
    const [sum] = yield* rowsOf<{ bytes: number }>(
      `SELECT coalesce(sum("bytes"), 0) AS "bytes" FROM (
         SELECT max("job_uploads"."bytes") AS "bytes" FROM "jobs"
         JOIN "job_uploads" ON "job_uploads"."jobId" = "jobs"."id"
         WHERE "jobs"."ownerId" = ? AND "jobs"."state" IN ('queued', 'processing')
         GROUP BY "job_uploads"."uploadId")`,
      ownerId,
    );
    if (Number(sum?.bytes) > this.config.images.waitingInputMb * MIB)
      throw new NoRoom('input', lane);
  }

  private async refusal({ whose, lane }: NoRoom): Promise<Error> {
    const seconds = await this.jobs.secondsPerJob(lane);
    if (whose === 'queue') return new QueueFullError(this.config.queue.limit, seconds);
    if (whose === 'input') return new TooMuchInputError(this.config.images.waitingInputMb, seconds);
    return new TooManyJobsError(this.config.queue.jobsPerUser, seconds);
  }
}
