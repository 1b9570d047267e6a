import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { In, Not, type DataSource, type FindOptionsWhere, type Repository } from 'typeorm';
import { atomically, change, rowsOf, type Steps } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { charge } from './fair-share.js';
import type { StoredResult } from './job-handler.js';
import { Job, type JobFailure } from './job.entity.js';
import { statesBefore, type JobState } from './job-state.js';

type JobChange = Partial<
  Pick<Job, 'result' | 'failure' | 'startedAt' | 'finishedAt' | 'attempts' | 'outputBytes'>
>;

/** How many of the last jobs tell the pace of the queue. */
const PACE_JOBS = 20;

/** Seconds that a job is taken to last while there is nothing to go by, and the most that is believed. */
const UNKNOWN_PACE = 30;
const LONGEST_PACE = 3600;

/** A job that was taken out of the queue before it was begun. */
interface Dropped {
  id: string;
  sequence: number;
  ownerId: string;
  cost: number;
}

/** The jobs table. Every change of state is one conditional update, so that a late writer changes nothing. */
@Injectable()
export class JobRepository {
  private readonly fair: boolean;

  constructor(
    @InjectRepository(Job) private readonly jobs: Repository<Job>,
    @InjectDataSource() private readonly source: DataSource,
    @Inject(CONFIG) config: Config,
  ) {
    this.fair = config.queue.policy === 'fair';
  }

  find(id: string): Promise<Job | null> {
    return this.jobs.findOneBy({ id });
  }

  /** Takes the job whose turn it is into work; null when there is none. */
  async claimNext(): Promise<Job | null> {
    for (;;) {
      const next = await this.jobs.findOne({
        where: { state: 'queued' },
        order: this.fair ? { startTag: 'ASC', sequence: 'ASC' } : { sequence: 'ASC' },
      });
      if (!next) return null;
      const attempts = next.attempts + 1;
      const startedAt = new Date();
      if (await this.move(next.id, 'processing', { attempts, startedAt })) {
        return Object.assign(next, { state: 'processing' as const, attempts, startedAt });
      }
    }
  }

  complete(id: string, result: StoredResult): Promise<boolean> {
    const outputBytes = result.outputs.reduce((sum, { size }) => sum + size, 0) || null;
    return this.move(id, 'completed', { result, outputBytes, finishedAt: new Date() });
  }

  fail(id: string, failure: JobFailure): Promise<boolean> {
    return this.move(id, 'failed', { failure, finishedAt: new Date() });
  }

  cancel(id: string): Promise<boolean> {
    return this.move(id, 'cancelled', { finishedAt: new Date() });
  }

  /** Cancels the job only if it has not been begun. */
  async cancelQueued(id: string): Promise<boolean> {
    const dropped = await atomically(this.source, () => this.drop('"id" = ?', id));
    return dropped.length === 1;
  }

  /** Cancels all jobs that have not been begun, of one user or of all, and gives their ids. */
  async clearQueued(ownerId: string | undefined): Promise<string[]> {
    const dropped = await atomically(this.source, () =>
      ownerId === undefined ? this.drop('1 = 1') : this.drop('"ownerId" = ?', ownerId),
    );
    return dropped.map(({ id }) => id);
  }

  /** Puts a job in progress back into its old place in the queue. `attempts` corrects the count of tries. */
  requeue(id: string, attempts?: number): Promise<boolean> {
    return this.move(id, 'queued', {
      startedAt: null,
      ...(attempts === undefined ? {} : { attempts }),
    });
  }

  /** Ids of the uploads that a job needs. */
  async uploadsOf(jobId: string): Promise<string[]> {
    const rows = await this.source.query<{ uploadId: string }[]>(
      'SELECT "uploadId" FROM "job_uploads" WHERE "jobId" = ?',
      [jobId],
    );
    return rows.map(({ uploadId }) => uploadId);
  }

  inState(state: JobState): Promise<Job[]> {
    return this.jobs.find({ where: { state }, order: { sequence: 'ASC' } });
  }

  /** How many jobs are in this state, of one user or of all. */
  count(state: JobState, ownerId?: string): Promise<number> {
    return this.jobs.countBy(ownerId === undefined ? { state } : { state, ownerId });
  }

  /** Place in the queue of a queued job; 1 is next. */
  async position({ startTag, sequence }: Job): Promise<number> {
    const before = this.fair
      ? '"startTag" < ? OR ("startTag" = ? AND "sequence" <= ?)'
      : '"sequence" <= ?';
    const values = this.fair ? [startTag, startTag, sequence] : [sequence];
    const [row] = await this.source.query<{ place: number }[]>(
      `SELECT count(*) AS "place" FROM "jobs" WHERE "state" = 'queued' AND (${before})`,
      values,
    );
    return Number(row?.place);
  }

  /** Places in the queue by `sequence`, of the jobs of one user or of all. */
  async positions(ownerId: string | undefined): Promise<Map<number, number>> {
    const order = this.fair ? '"startTag", "sequence"' : '"sequence"';
    const ranked = `SELECT "sequence", "ownerId", row_number() OVER (ORDER BY ${order}) AS "place"
      FROM "jobs" WHERE "state" = 'queued'`;
    const rows = await this.source.query<{ sequence: number; place: number }[]>(
      ownerId === undefined ? ranked : `SELECT * FROM (${ranked}) WHERE "ownerId" = ?`,
      ownerId === undefined ? [] : [ownerId],
    );
    return new Map(rows.map(({ sequence, place }) => [sequence, Number(place)]));
  }

  /**
   * What is in progress, what waits in the order of work, and the newest of what has ended; of one user
   * or of all.
   */
  async overview(
    ownerId: string | undefined,
    limits: { waiting: number; ended: number },
  ): Promise<Job[]> {
    const owner: FindOptionsWhere<Job> = ownerId === undefined ? {} : { ownerId };
    const open: JobState[] = ['queued', 'processing'];
    const [processing, waiting, ended] = await Promise.all([
      this.jobs.find({ where: { ...owner, state: 'processing' }, order: { sequence: 'ASC' } }),
      this.jobs.find({
        where: { ...owner, state: 'queued' },
        order: this.fair ? { startTag: 'ASC', sequence: 'ASC' } : { sequence: 'ASC' },
        take: limits.waiting,
      }),
      this.jobs.find({
        where: { ...owner, state: Not(In(open)) },
        order: { createdAt: 'DESC', sequence: 'DESC' },
        take: limits.ended,
      }),
    ]);
    return [...processing, ...waiting, ...ended];
  }

  /** How long one of the last jobs took on average, in whole seconds and at least one. */
  async secondsPerJob(): Promise<number> {
    const [row] = await this.source.query<{ pace: number | null }[]>(
      `SELECT avg("finishedAt" - "startedAt") AS "pace" FROM
         (SELECT "finishedAt", "startedAt" FROM "jobs" WHERE "state" = 'completed'
          ORDER BY "sequence" DESC LIMIT ${PACE_JOBS})`,
    );
    if (row?.pace == null) return UNKNOWN_PACE;
    return Math.min(Math.max(Math.ceil(Number(row.pace) / 1000), 1), LONGEST_PACE);
  }

  /** Cancels queued jobs, and gives their users the turns back that these would have taken. */
  private *drop(condition: string, ...values: string[]): Steps<Dropped[]> {
    const dropped = yield* rowsOf<Dropped>(
      `UPDATE "jobs" SET "state" = 'cancelled', "finishedAt" = ?
       WHERE "state" = 'queued' AND (${condition}) RETURNING "id", "sequence", "ownerId", "cost"`,
      Date.now(),
      ...values,
    );
    for (const { sequence, ownerId, cost } of dropped) {
      yield* change(
        `UPDATE "jobs" SET "startTag" = "startTag" - ?
         WHERE "ownerId" = ? AND "state" = 'queued' AND "sequence" > ?`,
        charge(cost),
        ownerId,
        sequence,
      );
      yield* change(
        'UPDATE "queue_shares" SET "finishTag" = "finishTag" - ? WHERE "ownerId" = ?',
        charge(cost),
        ownerId,
      );
    }
    return dropped;
  }

  newestCompleted(kind: string, limit: number): Promise<Job[]> {
    return this.jobs.find({
      where: { kind, state: 'completed' },
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
