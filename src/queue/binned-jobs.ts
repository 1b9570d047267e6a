import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { And, In, IsNull, LessThan, type DataSource, type Repository } from 'typeorm';
import { inBin } from './deletion-mark.js';
import { historyPart, type HistoryFilter } from './history-query.js';
import { Job } from './job.entity.js';
import { whereOf, type JobSelection } from './job-selection.js';
import { FINAL_STATES } from './job-state.js';

/** The rows of the recycle bin. */
@Injectable()
export class BinnedJobs {
  constructor(
    @InjectRepository(Job) private readonly jobs: Repository<Job>,
    @InjectDataSource() private readonly source: DataSource,
  ) {}

  find(id: string): Promise<Job | null> {
    return this.jobs.findOneBy({ id, deletedAt: inBin() });
  }

  /** Puts a job that has ended into the bin; false if there is none outside of it. */
  async put(id: string): Promise<boolean> {
    const { affected } = await this.jobs.update(
      { id, state: In(FINAL_STATES), deletedAt: IsNull() },
      { deletedAt: new Date() },
    );
    return affected === 1;
  }

  /** Takes a job out of the bin; false if it is not in there. */
  async take(id: string): Promise<boolean> {
    const { affected } = await this.jobs.update({ id, deletedAt: inBin() }, { deletedAt: null });
    return affected === 1;
  }

  async of(
    selection: JobSelection,
    { offset, limit }: { offset: number; limit: number },
  ): Promise<{ jobs: Job[]; total: number }> {
    const [jobs, total] = await this.jobs.findAndCount({
      where: { ...whereOf(selection), deletedAt: inBin() },
      order: { deletedAt: 'DESC', sequence: 'DESC' },
      skip: offset,
      take: limit,
    });
    return { jobs, total };
  }

  async idsOf(selection: JobSelection): Promise<string[]> {
    const where = { ...whereOf(selection), deletedAt: inBin() };
    return (await this.jobs.find({ select: { id: true }, where })).map(({ id }) => id);
  }

  /** Ids of what was put in before this moment. */
  async before(moment: Date): Promise<string[]> {
    const where = { deletedAt: And(inBin(), LessThan(moment)) };
    return (await this.jobs.find({ select: { id: true }, where })).map(({ id }) => id);
  }

  /** Ids of the jobs outside of the bin that have ended and pass a filter. */
  async ended(filter: HistoryFilter): Promise<string[]> {
    const states = filter.states ?? FINAL_STATES;
    const ended = { ...filter, states: FINAL_STATES.filter((state) => states.includes(state)) };
    if (ended.states.length === 0) return [];
    const { sql, values, sequence } = historyPart(ended);
    const rows = await this.source.query<{ id: string }[]>(
      `SELECT "id" FROM "jobs" WHERE "sequence" IN (SELECT ${sequence} ${sql})`,
      values,
    );
    return rows.map(({ id }) => id);
  }
}
