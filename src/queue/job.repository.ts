import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThanOrEqual, Not, type FindOptionsWhere, type Repository } from 'typeorm';
import type { JobResult } from './job-handler.js';
import { Job, type JobFailure } from './job.entity.js';
import { statesBefore, type JobState } from './job-state.js';

type JobChange = Partial<Pick<Job, 'result' | 'failure' | 'startedAt' | 'finishedAt' | 'attempts'>>;

/** The jobs table. Every change of state is one conditional update, so that a late writer changes nothing. */
@Injectable()
export class JobRepository {
  constructor(@InjectRepository(Job) private readonly jobs: Repository<Job>) {}

  async add(job: Pick<Job, 'id' | 'kind' | 'ownerId' | 'title' | 'request'>): Promise<void> {
    const row: Omit<Job, 'sequence'> = {
      ...job,
      state: 'queued',
      result: null,
      failure: null,
      attempts: 0,
      createdAt: new Date(),
      startedAt: null,
      finishedAt: null,
    };
    // Not save(): it opens a transaction, and all of the server shares one connection to SQLite.
    await this.jobs.insert(row);
  }

  find(id: string): Promise<Job | null> {
    return this.jobs.findOneBy({ id });
  }

  /** Takes the oldest queued job into work; null when there is none. */
  async claimNext(): Promise<Job | null> {
    for (;;) {
      const next = await this.jobs.findOne({
        where: { state: 'queued' },
        order: { sequence: 'ASC' },
      });
      if (!next) return null;
      const attempts = next.attempts + 1;
      const startedAt = new Date();
      if (await this.move(next.id, 'processing', { attempts, startedAt })) {
        return Object.assign(next, { state: 'processing' as const, attempts, startedAt });
      }
    }
  }

  complete(id: string, result: JobResult): Promise<boolean> {
    return this.move(id, 'completed', { result, finishedAt: new Date() });
  }

  fail(id: string, failure: JobFailure): Promise<boolean> {
    return this.move(id, 'failed', { failure, finishedAt: new Date() });
  }

  cancel(id: string): Promise<boolean> {
    return this.move(id, 'cancelled', { finishedAt: new Date() });
  }

  /** Cancels the job only if it has not been begun. */
  async cancelQueued(id: string): Promise<boolean> {
    const { affected } = await this.jobs.update(
      { id, state: 'queued' },
      { state: 'cancelled', finishedAt: new Date() },
    );
    return affected === 1;
  }

  /** Puts a job in progress back into its old place in the queue. `attempts` corrects the count of tries. */
  requeue(id: string, attempts?: number): Promise<boolean> {
    return this.move(id, 'queued', {
      startedAt: null,
      ...(attempts === undefined ? {} : { attempts }),
    });
  }

  inState(state: JobState): Promise<Job[]> {
    return this.jobs.find({ where: { state }, order: { sequence: 'ASC' } });
  }

  count(state: JobState): Promise<number> {
    return this.jobs.countBy({ state });
  }

  /** Place in the queue of a queued job; 1 is next. */
  position(job: Job): Promise<number> {
    return this.jobs.countBy({ state: 'queued', sequence: LessThanOrEqual(job.sequence) });
  }

  /** Unfinished jobs in their order, then the newest of the others; of one owner or of all. */
  async overview(ownerId: string | undefined, finishedLimit: number): Promise<Job[]> {
    const owner: FindOptionsWhere<Job> = ownerId === undefined ? {} : { ownerId };
    const active: JobState[] = ['queued', 'processing'];
    const [open, finished] = await Promise.all([
      this.jobs.find({ where: { ...owner, state: In(active) }, order: { sequence: 'ASC' } }),
      this.jobs.find({
        where: { ...owner, state: Not(In(active)) },
        order: { sequence: 'DESC' },
        take: finishedLimit,
      }),
    ]);
    return [...open, ...finished];
  }

  private async move(id: string, to: JobState, change: JobChange): Promise<boolean> {
    const { affected } = await this.jobs.update(
      { id, state: In(statesBefore(to)) },
      { ...change, state: to },
    );
    return affected === 1;
  }
}
