import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import type { QueueUpdate } from '../events/index.js';
import { Job } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import { JobRunner } from './job-runner.js';
import type { JobState } from './job-state.js';

/** How many unfinished jobs of one kind are in one state. */
export interface OpenJobs {
  kind: string;
  state: JobState;
  count: number;
}

/** The queue in numbers, without anybody's work in them. */
@Injectable()
export class QueueFigures {
  constructor(
    private readonly repository: JobRepository,
    private readonly runner: JobRunner,
    @InjectRepository(Job) private readonly jobs: Repository<Job>,
  ) {}

  /** What waits for the engine, and what it works on. */
  async now(): Promise<QueueUpdate> {
    const [size, active] = await Promise.all([
      this.repository.count('engine', 'queued'),
      this.repository.count('engine', 'processing'),
    ]);
    return { size, active_generations: active, running: this.runner.isRunning };
  }

  async openJobs(): Promise<OpenJobs[]> {
    const rows = await this.jobs
      .createQueryBuilder('job')
      .select(['job.kind AS kind', 'job.state AS state', 'count(*) AS count'])
      .where({ state: In(['queued', 'processing'] satisfies JobState[]) })
      .groupBy('job.kind')
      .addGroupBy('job.state')
      .getRawMany<OpenJobs>();
    // Postgres hands out a count as text.
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }

  /** The kind of a job; undefined where there is no such job. */
  async kindOf(id: string): Promise<string | undefined> {
    return (await this.repository.find(id))?.kind;
  }
}
