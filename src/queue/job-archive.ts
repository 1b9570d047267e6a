import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, LessThan, MoreThan, type DataSource, type Repository } from 'typeorm';
import { pageWindow, type SortOrder } from '../common/index.js';
import { historyPart, type HistoryFilter } from './history-query.js';
import { Job, JobUpload } from './job.entity.js';
import { FINAL_STATES } from './job-state.js';

/** How many jobs are looked at in one go when room is made. */
const BATCH = 100;

export interface HistoryPage {
  limit: number;
  page: number;
  sort_order: SortOrder;
}

/** Jobs that have come to their end, and what is left of them. */
@Injectable()
export class JobArchive {
  constructor(
    @InjectRepository(Job) private readonly jobs: Repository<Job>,
    @InjectRepository(JobUpload) private readonly uploads: Repository<JobUpload>,
    @InjectDataSource() private readonly source: DataSource,
  ) {}

  /** A page of the jobs that a filter lets through, and how many there are in all. */
  async search(filter: HistoryFilter, query: HistoryPage): Promise<{ jobs: Job[]; total: number }> {
    const { sql, values, sequence, order } = historyPart(filter);
    const direction = query.sort_order === 'asc' ? 'ASC' : 'DESC';
    const { skip, take } = pageWindow(query);
    const [[count], page] = await Promise.all([
      this.source.query<{ total: number }[]>(`SELECT count(*) AS "total" ${sql}`, values),
      // The rows themselves are fetched for the page alone: what is skipped is read from an index.
      this.source.query<{ sequence: number }[]>(
        `SELECT ${sequence} AS "sequence" ${sql}
         ORDER BY ${order.map((column) => `${column} ${direction}`).join(', ')} LIMIT ? OFFSET ?`,
        [...values, take, skip],
      ),
    ]);
    const sequences = page.map((row) => row.sequence);
    const rows = await this.jobs.findBy({ sequence: In(sequences) });
    const found = new Map(rows.map((job) => [job.sequence, job]));
    const jobs = sequences.flatMap((one) => found.get(one) ?? []);
    return { jobs, total: Number(count?.total) };
  }

  /** Who may do what they like with the outputs of a job; undefined for a job that does not exist. */
  async ownerOf(id: string): Promise<string | undefined> {
    return (await this.jobs.findOne({ where: { id }, select: { ownerId: true } }))?.ownerId;
  }

  /** Whether the job's outputs were removed to make room. */
  async isExpired(id: string): Promise<boolean> {
    const job = await this.jobs.findOne({ where: { id }, select: { outputsExpiredAt: true } });
    return job?.outputsExpiredAt != null;
  }

  /** Removes the row of a job that has ended; false if there is none. */
  async remove(id: string): Promise<boolean> {
    const { affected } = await this.jobs.delete({ id, state: In(FINAL_STATES) });
    return affected === 1;
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

  /** Writes down that the outputs of a job are gone. @returns how many bytes they took */
  async expireOutputs(id: string): Promise<number> {
    const job = await this.jobs.findOneBy({ id });
    await this.jobs.update({ id }, { outputBytes: null, outputsExpiredAt: new Date() });
    return Number(job?.outputBytes ?? 0);
  }

  /** Those of the uploads that a job needs. */
  async uploadsInUse(ids: string[]): Promise<Set<string>> {
    const used = await this.uploads.findBy({ uploadId: In(ids) });
    return new Set(used.map(({ uploadId }) => uploadId));
  }
}
