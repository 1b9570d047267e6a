import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import {
  And,
  In,
  IsNull,
  LessThan,
  MoreThan,
  Not,
  type DataSource,
  type Repository,
} from 'typeorm';
import { atomically, change, rowsOf, type SortOrder, type Steps } from '../common/index.js';
import { historyPart, type HistoryFilter } from './history-query.js';
import { BEING_REMOVED, inBin } from './deletion-mark.js';
import { Job, JobUpload } from './job.entity.js';
import { FINAL_STATES, type JobState } from './job-state.js';

/** Where a job is removed from: the lists, or the recycle bin. */
export type RemovalPlace = 'lists' | 'bin';

/** How many jobs are looked at in one go when room is made. */
const BATCH = 100;

/** Most labels that are listed. */
const LABELS = 1000;

/** Which part of a list. */
export interface HistoryWindow {
  limit: number;
  /** How many to leave out before; default none. */
  offset?: number;
  /** By the time of submission; default the newest first. */
  sort?: SortOrder;
}

/** The day of a moment as the server's clock has it, as YYYY-MM-DD. */
export function dayOf(moment: Date): string {
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${moment.getFullYear()}-${part(moment.getMonth() + 1)}-${part(moment.getDate())}`;
}

/** When a day begins, so many days after that of this moment. */
function startOfDay(moment: Date, later = 0): Date {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() + later);
}

function latest(one: Date, other: Date | undefined): Date {
  return other && other > one ? other : one;
}

function earliest(one: Date, other: Date | undefined): Date {
  return other && other < one ? other : one;
}

/** Jobs that have come to their end, and what is left of them. */
@Injectable()
export class JobArchive {
  constructor(
    @InjectRepository(Job) private readonly jobs: Repository<Job>,
    @InjectRepository(JobUpload) private readonly uploads: Repository<JobUpload>,
    @InjectDataSource() private readonly source: DataSource,
  ) {}

  /** A part of the jobs that a filter lets through, and how many there are in all. */
  async search(
    filter: HistoryFilter,
    { limit, offset = 0, sort = 'desc' }: HistoryWindow,
  ): Promise<{ jobs: Job[]; total: number }> {
    const { sql, values, sequence, order } = historyPart(filter);
    const direction = sort === 'asc' ? 'ASC' : 'DESC';
    const [[count], page] = await Promise.all([
      this.source.query<{ total: number }[]>(`SELECT count(*) AS "total" ${sql}`, values),
      // The rows themselves are fetched for the page alone: what is skipped is read from an index.
      this.source.query<{ sequence: number }[]>(
        `SELECT ${sequence} AS "sequence" ${sql}
         ORDER BY ${order.map((column) => `${column} ${direction}`).join(', ')} LIMIT ? OFFSET ?`,
        [...values, limit, offset],
      ),
    ]);
    const sequences = page.map((row) => row.sequence);
    const rows = await this.jobs.findBy({ sequence: In(sequences) });
    const found = new Map(rows.map((job) => [job.sequence, job]));
    const jobs = sequences.flatMap((one) => found.get(one) ?? []);
    return { jobs, total: Number(count?.total) };
  }

  /** How many jobs that pass a filter were submitted on each of the days of these jobs. */
  async countByDay(filter: HistoryFilter, jobs: Job[]): Promise<Map<string, number>> {
    const moments = jobs.map(({ createdAt }) => createdAt.getTime());
    if (moments.length === 0) return new Map();
    const first = startOfDay(new Date(Math.min(...moments)));
    const end = startOfDay(new Date(Math.max(...moments)), 1);
    const range = { from: latest(first, filter.from), to: earliest(end, filter.to) };
    const { sql, values, sequence } = historyPart({ ...filter, ...range });
    const rows = await this.source.query<{ day: string; count: number }[]>(
      `SELECT date("createdAt" / 1000, 'unixepoch', 'localtime') AS "day", count(*) AS "count"
       FROM "jobs" WHERE "sequence" IN (SELECT ${sequence} ${sql}) GROUP BY "day"`,
      values,
    );
    return new Map(rows.map(({ day, count }) => [day, Number(count)]));
  }

  /** How many jobs of a user or of all users, of some kinds or of all, are in each state. */
  async countByState(
    ownerId: string | undefined,
    kinds?: string[],
  ): Promise<Record<JobState, number>> {
    const inOrder = {
      sql: 'FROM "jobs" INDEXED BY "jobs_owner_state" WHERE "ownerId" = ? AND "deletedAt" IS NULL',
      values: [ownerId ?? ''],
    };
    const { sql, values } = kinds || !ownerId ? historyPart({ ownerId, kinds }) : inOrder;
    const rows = await this.source.query<{ state: JobState; count: number }[]>(
      `SELECT "state", count(*) AS "count" ${sql} GROUP BY "state"`,
      values,
    );
    const counts = { queued: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
    for (const { state, count } of rows) counts[state] = Number(count);
    return counts;
  }

  /** The labels of a user's jobs, each once; looked up one after the other, whatever the number of jobs. */
  async labelsOf(ownerId: string): Promise<string[]> {
    const next = (condition: string): string =>
      `SELECT min("label") FROM "jobs" WHERE "ownerId" = ? AND "deletedAt" IS NULL AND ${condition}`;
    const rows = await this.source.query<{ label: string }[]>(
      `WITH RECURSIVE "labels"("label") AS (
         ${next('"label" IS NOT NULL')}
         UNION ALL SELECT (${next('"label" > "labels"."label"')}) FROM "labels" WHERE "labels"."label" IS NOT NULL
       ) SELECT "label" FROM "labels" WHERE "label" IS NOT NULL LIMIT ${LABELS}`,
      [ownerId, ownerId],
    );
    return rows.map(({ label }) => label);
  }

  /** Who may do what they like with the outputs of a job; undefined for a job that does not exist or was deleted. */
  async ownerOf(id: string): Promise<string | undefined> {
    const where = { id, deletedAt: IsNull() };
    return (await this.jobs.findOne({ where, select: { ownerId: true } }))?.ownerId;
  }

  /** Those of the ids that are of jobs, deleted ones too. */
  async existing(ids: string[]): Promise<string[]> {
    const rows = await this.source.query<{ id: string }[]>(
      'SELECT "id" FROM "jobs" WHERE "id" IN (SELECT "value" FROM json_each(?))',
      [JSON.stringify(ids)],
    );
    return rows.map(({ id }) => id);
  }

  /** Whether the job is in the recycle bin. */
  async isDeleted(id: string): Promise<boolean> {
    return this.jobs.existsBy({ id, deletedAt: Not(IsNull()) });
  }

  /** Whether the job's outputs were removed to make room. */
  async isExpired(id: string): Promise<boolean> {
    const job = await this.jobs.findOne({ where: { id }, select: { outputsExpiredAt: true } });
    return job?.outputsExpiredAt != null;
  }

  /**
   * Marks a job that has ended as being removed for good: from here on it is in no list and no bin.
   * @param before only if it was put into the bin before this moment
   * @returns false where there is none in this place (any more), so that of two callers one has it
   */
  async beginRemoval(id: string, from: RemovalPlace, before?: Date): Promise<boolean> {
    const binned = before ? And(inBin(), LessThan(before)) : inBin();
    const { affected } = await this.jobs.update(
      { id, state: In(FINAL_STATES), deletedAt: from === 'bin' ? binned : IsNull() },
      { deletedAt: BEING_REMOVED },
    );
    return affected === 1;
  }

  /** Ids of the jobs whose removal was begun and has not come to its end. */
  async beingRemoved(): Promise<string[]> {
    const where = { deletedAt: BEING_REMOVED };
    return (await this.jobs.find({ select: { id: true }, where })).map(({ id }) => id);
  }

  /** Removes the row of a job whose removal was begun. */
  async remove(id: string): Promise<void> {
    await this.jobs.delete({ id, deletedAt: BEING_REMOVED });
  }

  /** Ids of some jobs that ended before this moment and have outputs still, the oldest first. */
  async withOutputsBefore(moment: Date): Promise<string[]> {
    const found = await this.jobs.find({
      select: { id: true },
      where: {
        state: In(FINAL_STATES),
        finishedAt: LessThan(moment),
        outputBytes: MoreThan(0),
        outputsExpiredAt: IsNull(),
      },
      order: { finishedAt: 'ASC' },
      take: BATCH,
    });
    return found.map(({ id }) => id);
  }

  /** What the outputs of all jobs take on disk, in bytes. */
  async outputBytes(): Promise<number> {
    const [row] = await this.source.query<{ bytes: number | null }[]>(
      'SELECT sum("outputBytes") AS "bytes" FROM "jobs"',
    );
    return Number(row?.bytes ?? 0);
  }

  /** Marks the outputs of a job as expired: from here on they are in no list. @returns how many bytes they take */
  async beginExpiry(id: string): Promise<number> {
    const job = await this.jobs.findOneBy({ id });
    await this.jobs.update({ id, outputsExpiredAt: IsNull() }, { outputsExpiredAt: new Date() });
    return Number(job?.outputBytes ?? 0);
  }

  /** Ids of the jobs whose outputs are marked as expired and still there. */
  async expiring(): Promise<string[]> {
    const where = { outputsExpiredAt: Not(IsNull()), outputBytes: MoreThan(0) };
    return (await this.jobs.find({ select: { id: true }, where })).map(({ id }) => id);
  }

  /** Writes down that the expired outputs of a job are gone. */
  async finishExpiry(id: string): Promise<void> {
    await this.jobs.update({ id, outputsExpiredAt: Not(IsNull()) }, { outputBytes: null });
  }

  /**
   * Takes the inputs of a user's oldest ended jobs away from them, so that those of the others take no more
   * than this many bytes.
   * @returns ids of the uploads that these jobs had
   */
  expireInputs(ownerId: string, limit: number): Promise<string[]> {
    return atomically(this.source, function* (): Steps<string[]> {
      const expired = yield* rowsOf<{ id: string }>(
        `SELECT "id" FROM (
           SELECT "jobs"."id" AS "id",
             sum(sum("job_uploads"."bytes")) OVER (ORDER BY "jobs"."sequence" DESC) AS "total"
           FROM "job_uploads" JOIN "jobs" ON "jobs"."id" = "job_uploads"."jobId"
           WHERE "jobs"."ownerId" = ? AND "jobs"."state" IN ('completed', 'failed', 'cancelled')
           GROUP BY "jobs"."id")
         WHERE "total" > ?`,
        ownerId,
        limit,
      );
      const released = new Set<string>();
      for (const { id } of expired) {
        const uploads = yield* rowsOf<{ uploadId: string }>(
          'SELECT "uploadId" FROM "job_uploads" WHERE "jobId" = ?',
          id,
        );
        for (const { uploadId } of uploads) released.add(uploadId);
        yield* change('DELETE FROM "job_uploads" WHERE "jobId" = ?', id);
        yield* change('UPDATE "jobs" SET "inputsExpiredAt" = ? WHERE "id" = ?', Date.now(), id);
      }
      return [...released];
    });
  }

  /** Those of the uploads that a job needs. */
  async uploadsInUse(ids: string[]): Promise<Set<string>> {
    const used = await this.uploads.findBy({ uploadId: In(ids) });
    return new Set(used.map(({ uploadId }) => uploadId));
  }
}
