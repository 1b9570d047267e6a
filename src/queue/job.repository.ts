import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Not, type DataSource, type FindOptionsOrder, type Repository } from 'typeorm';
import { atomically, change, rowsOf, type Steps } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { isSuspect } from './deferred-jobs.js';
import type { JobMemory, StoredResult } from './job-handler.js';
import { Job, type JobFailure, type Upload } from './job.entity.js';
import { conditionOf, whereOf, type JobSelection } from './job-selection.js';
import { statesBefore, type JobState } from './job-state.js';
import type { Lane } from './lanes.js';
import { giveTurnBack, takeTurn, type Turn } from './turns.js';

/** How often a job was begun, and how that went. */
type AttemptCounts = Pick<Job, 'attempts' | 'failedAttempts'>;

type JobChange = Partial<
  Pick<
    Job,
    | 'result'
    | 'failure'
    | 'startedAt'
    | 'finishedAt'
    | 'attempts'
    | 'failedAttempts'
    | 'serverDeaths'
    | 'blocked'
    | 'outputBytes'
    | 'memoryBytes'
    | 'deviceMemoryBytes'
  >
>;

/** How many of the last jobs tell the pace of the queue. */
const PACE_JOBS = 20;

/** Seconds that a job is taken to last while there is nothing to go by, and the most that is believed. */
const UNKNOWN_PACE = 30;
const LONGEST_PACE = 3600;

/** Most jobs that are found by one tag. */
const TAGGED_JOBS = 100;

/** A job that was taken out of the queue before it was begun. */
interface Dropped extends Turn {
  id: string;
  /** 1 when it had no turn yet. */
  blocked: number;
}

/** The jobs table. Every change of state is one conditional update, so that a late writer changes nothing. */
@Injectable()
export class JobRepository {
  private readonly fair: boolean;
  /** The order of work among the jobs of a lane. */
  readonly order: FindOptionsOrder<Job>;

  constructor(
    @InjectRepository(Job) private readonly jobs: Repository<Job>,
    @InjectDataSource() private readonly source: DataSource,
    @Inject(CONFIG) config: Config,
  ) {
    this.fair = config.queue.policy === 'fair';
    this.order = this.fair ? { startTag: 'ASC', sequence: 'ASC' } : { sequence: 'ASC' };
  }

  find(id: string): Promise<Job | null> {
    return this.jobs.findOneBy({ id });
  }

  /** Takes the job of a lane whose turn it is into work; null when there is none. */
  async claimNext(lane: Lane): Promise<Job | null> {
    for (;;) {
      const next = await this.jobs.findOne({
        where: { state: 'queued', lane, blocked: false },
        order: this.order,
      });
      if (!next) return null;
      const attempts = next.attempts + 1;
      const startedAt = new Date();
      if (await this.move(next.id, 'processing', { attempts, startedAt })) {
        return Object.assign(next, { state: 'processing' as const, attempts, startedAt });
      }
    }
  }

  complete(id: string, result: StoredResult, memory?: JobMemory): Promise<boolean> {
    const outputBytes = result.outputs.reduce((sum, { size }) => sum + size, 0) || null;
    return this.move(id, 'completed', {
      result,
      outputBytes,
      memoryBytes: memory?.ram ?? null,
      deviceMemoryBytes: memory?.device ?? null,
      finishedAt: new Date(),
    });
  }

  /** Fails a job in progress, or one that waits for a job that has failed. */
  fail(id: string, failure: JobFailure, counts: Partial<AttemptCounts> = {}): Promise<boolean> {
    return this.move(id, 'failed', { ...counts, failure, finishedAt: new Date() });
  }

  cancel(id: string): Promise<boolean> {
    return this.move(id, 'cancelled', { finishedAt: new Date() });
  }

  /** Cancels the job only if it has not been begun. */
  async cancelQueued(id: string): Promise<boolean> {
    const dropped = await atomically(this.source, () => this.drop('"id" = ?', id));
    return dropped.length === 1;
  }

  /** Cancels all jobs of a selection that have not been begun, and gives their ids. */
  async clearQueued(selection: JobSelection): Promise<string[]> {
    const dropped = await atomically(this.source, () => this.drop(...conditionOf(selection)));
    return dropped.map(({ id }) => id);
  }

  /** Puts a job in progress back into its old place in the queue, with these counts corrected. */
  requeue(id: string, counts: Partial<AttemptCounts>): Promise<boolean> {
    return this.move(id, 'queued', { ...counts, startedAt: null });
  }

  /** Puts a job back during which the server died; a suspect one is not to be begun yet. */
  recover({ id, serverDeaths }: Job): Promise<boolean> {
    const deaths = serverDeaths + 1;
    const change = { serverDeaths: deaths, blocked: isSuspect(deaths), startedAt: null };
    return this.move(id, 'queued', change);
  }

  /** The jobs that wait for this one. */
  waitingFor(id: string): Promise<Job[]> {
    return this.jobs.findBy({ after: id, state: 'queued', blocked: true, attempts: 0 });
  }

  /** Ids of all jobs that another one waits for. */
  async awaited(): Promise<string[]> {
    const rows = await this.source.query<{ after: string }[]>(
      `SELECT DISTINCT "after" FROM "jobs"
       WHERE "state" = 'queued' AND "blocked" = 1 AND "after" IS NOT NULL AND "attempts" = 0`,
    );
    return rows.map(({ after }) => after);
  }

  /** Lets a job take its turn that has waited for another one. */
  async release({ id, lane, ownerId, cost }: Job): Promise<void> {
    await atomically(this.source, function* (): Steps<void> {
      const [waiting] = yield* rowsOf(
        `SELECT 1 FROM "jobs" WHERE "id" = ? AND "state" = 'queued' AND "blocked" = 1`,
        id,
      );
      if (!waiting) return;
      const startTag = yield* takeTurn(lane, ownerId, cost);
      yield* change('UPDATE "jobs" SET "blocked" = 0, "startTag" = ? WHERE "id" = ?', startTag, id);
    });
  }

  /** The newest jobs of a user that have this tag. */
  async tagged(ownerId: string, name: string, value: string): Promise<Job[]> {
    const rows = await this.source.query<{ sequence: number }[]>(
      `SELECT "jobs"."sequence" AS "sequence" FROM "job_tags" JOIN "jobs" ON "jobs"."id" = "job_tags"."jobId"
       WHERE "job_tags"."ownerId" = ? AND "name" = ? AND "value" = ? AND "deletedAt" IS NULL
       ORDER BY "jobs"."sequence" DESC LIMIT ${TAGGED_JOBS}`,
      [ownerId, name, value],
    );
    const sequence = In(rows.map((row) => row.sequence));
    return this.jobs.find({ where: { sequence }, order: { sequence: 'DESC' } });
  }

  /** The uploads that a job needs. */
  async uploadsOf(jobId: string): Promise<Upload[]> {
    const rows = await this.source.query<Upload[]>(
      'SELECT "uploadId" AS "id", "bytes" FROM "job_uploads" WHERE "jobId" = ?',
      [jobId],
    );
    return rows.map(({ id, bytes }) => ({ id, bytes: Number(bytes) }));
  }

  inState(state: JobState): Promise<Job[]> {
    return this.jobs.find({ where: { state }, order: { sequence: 'ASC' } });
  }

  /** The jobs of a kind that wait or run, oldest first. */
  unfinished(kind: string): Promise<Job[]> {
    const state = In<JobState>(['queued', 'processing']);
    return this.jobs.find({ where: { kind, state }, order: { sequence: 'ASC' } });
  }

  /** How many jobs of a lane are in this state, of one user or of all. */
  count(lane: Lane, state: JobState, ownerId?: string): Promise<number> {
    return this.jobs.countBy(ownerId === undefined ? { lane, state } : { lane, state, ownerId });
  }

  /** Place of a queued job in its lane; 1 is next. Those that wait for another job come after the others. */
  async position({ lane, blocked, startTag, sequence }: Job): Promise<number> {
    const place = this.fair ? '"blocked", "startTag", "sequence"' : '"blocked", "sequence"';
    const values = this.fair ? [Number(blocked), startTag, sequence] : [Number(blocked), sequence];
    const [row] = await this.source.query<{ before: number }[]>(
      // Those before it: it may be begun while they are counted, and would be missed among them.
      `SELECT count(*) AS "before" FROM "jobs"
       WHERE "state" = 'queued' AND "lane" = ? AND (${place}) < (${values.map(() => '?').join(', ')})`,
      [lane, ...values],
    );
    return Number(row?.before) + 1;
  }

  /** Places in their lanes by `sequence`, of the jobs of one user or of all. */
  async positions(ownerId: string | undefined): Promise<Map<number, number>> {
    const order = this.fair ? '"blocked", "startTag", "sequence"' : '"blocked", "sequence"';
    const ranked = `SELECT "sequence", "ownerId",
        row_number() OVER (PARTITION BY "lane" ORDER BY ${order}) AS "place"
      FROM "jobs" WHERE "state" = 'queued'`;
    const rows = await this.source.query<{ sequence: number; place: number }[]>(
      ownerId === undefined ? ranked : `SELECT * FROM (${ranked}) WHERE "ownerId" = ?`,
      ownerId === undefined ? [] : [ownerId],
    );
    return new Map(rows.map(({ sequence, place }) => [sequence, Number(place)]));
  }

  /**
   * What is in progress, what waits in the order of work, and the newest of what has ended, of a
   * selection.
   */
  async overview(
    selection: JobSelection,
    limits: { waiting: number; ended: number },
  ): Promise<Job[]> {
    const where = whereOf(selection);
    const open: JobState[] = ['queued', 'processing'];
    const [processing, waiting, ended] = await Promise.all([
      this.jobs.find({ where: { ...where, state: 'processing' }, order: { sequence: 'ASC' } }),
      this.jobs.find({
        where: { ...where, state: 'queued' },
        order: this.order,
        take: limits.waiting,
      }),
      this.jobs.find({
        where: { ...where, state: Not(In(open)), deletedAt: IsNull() },
        order: { createdAt: 'DESC', sequence: 'DESC' },
        take: limits.ended,
      }),
    ]);
    return [...processing, ...waiting, ...ended];
  }

  /** How long one of the last jobs of a lane took on average, in whole seconds and at least one. */
  async secondsPerJob(lane: Lane): Promise<number> {
    const [row] = await this.source.query<{ pace: number | null }[]>(
      `SELECT avg("finishedAt" - "startedAt") AS "pace" FROM
         (SELECT "finishedAt", "startedAt" FROM "jobs" WHERE "state" = 'completed'
          AND "lane" = ? ORDER BY "sequence" DESC LIMIT ${PACE_JOBS})`,
      [lane],
    );
    if (row?.pace == null) return UNKNOWN_PACE;
    return Math.min(Math.max(Math.ceil(Number(row.pace) / 1000), 1), LONGEST_PACE);
  }

  /** Cancels queued jobs, and gives their users the turns back that these would have taken. */
  private *drop(condition: string, ...values: string[]): Steps<Dropped[]> {
    const dropped = yield* rowsOf<Dropped>(
      `UPDATE "jobs" SET "state" = 'cancelled', "finishedAt" = ?
       WHERE "state" = 'queued' AND (${condition})
       RETURNING "id", "ownerId", "lane", "cost", "startTag", "blocked"`,
      Date.now(),
      ...values,
    );
    // The last turns first: each moves those behind it, and would be behind itself otherwise.
    const turns = dropped.filter(({ blocked }) => blocked === 0);
    for (const turn of turns.toSorted((a, b) => b.startTag - a.startTag)) yield* giveTurnBack(turn);
    return dropped;
  }

  newestCompleted(lane: Lane, kind: string, limit: number): Promise<Job[]> {
    return this.jobs.find({
      where: { lane, kind, state: 'completed' },
      order: { sequence: 'DESC' },
      take: limit,
    });
  }

  private async move(id: string, to: JobState, change: JobChange): Promise<boolean> {
    const { affected } = await this.jobs.update(
      { id, state: In(statesBefore(to)) },
      { ...change, state: to },
    );
    return affected === 1;
  }
}
