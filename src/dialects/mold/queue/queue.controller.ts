import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { AppError, Optional } from '../../../common/index.js';
import { GENERATION_KINDS } from '../../../generate/index.js';
import { HistoryService, JobNotFoundError, type JobDetails } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import type { GenerationRequest } from '../generate/parameters.js';
import { MoldNames } from '../models/names.js';
import { idOf, MoldJobs } from './identity.js';
import { COUNT, object, orNull, TEXT } from '../schemas.js';

const PAGE = 100;
const MOST = 500;

/** Which part of the queue. */
export class MoldQueueQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST, default: PAGE })
  @Optional()
  @Type(() => Number)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1)
  @Max(MOST)
  limit?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'As the page before said.' })
  @Optional()
  @Type(() => Number)
  @IsInt({ message: 'cursor must be what the page before said' })
  @Min(0)
  cursor?: number;
}

const ENTRY = object({
  id: TEXT,
  model: TEXT,
  state: { enum: ['queued', 'running'] },
  started_at_unix_ms: orNull(COUNT),
  position: { ...COUNT, description: '1 is next; 0 is being worked on.' },
});

const QUEUE = object({
  entries: { type: 'array', items: ENTRY },
  page: object({ limit: COUNT, offset: COUNT, returned: COUNT }, { next_cursor: TEXT }),
});

const EXAMPLE_JOB = '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44';

/** What the caller has in work. */
@ApiTags('queue')
@Controller('mold/api/queue')
export class MoldQueueController {
  constructor(
    private readonly history: HistoryService,
    private readonly names: MoldNames,
    private readonly jobs: MoldJobs,
  ) {}

  @Get()
  @Needs('job:read')
  @Describe({
    summary: 'What the caller has in the queue',
    details: 'The oldest first.',
    schema: QUEUE,
    example: {
      entries: [
        {
          id: EXAMPLE_JOB,
          model: 'flux-dev:q4',
          state: 'running',
          started_at_unix_ms: 1_763_700_000_000,
          position: 0,
        },
      ],
      page: { limit: PAGE, offset: 0, returned: 1 },
    },
  })
  async list(
    @Caller() caller: Principal,
    @Query() { limit = PAGE, cursor: offset = 0 }: MoldQueueQuery,
  ) {
    const { jobs, total } = await this.open(caller, limit, offset);
    const models = await this.names.list();
    const names = new Map(models.map(({ name, model }) => [model.id, name]));
    const next = offset + jobs.length;
    return {
      entries: jobs.map((job) => this.entry(job, names)),
      page: {
        limit,
        offset,
        returned: jobs.length,
        ...(next < total ? { next_cursor: String(next) } : {}),
      },
    };
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('job:cancel')
  @Describe({
    summary: 'Cancel a job',
    status: 204,
    files: [],
    errors: [
      new JobNotFoundError(EXAMPLE_JOB),
      new AppError('JOB_FINISHED', 409, `Job "${EXAMPLE_JOB}" is completed already.`),
    ],
  })
  cancel(@Caller() caller: Principal, @Param('id') id: string): Promise<void> {
    return this.jobs.cancel(caller, id);
  }

  @Delete()
  @HttpCode(204)
  @Needs('job:cancel')
  @Describe({ summary: 'Cancel all jobs of the caller', status: 204, files: [] })
  async cancelAll(@Caller() caller: Principal): Promise<void> {
    for (;;) {
      const { jobs } = await this.open(caller, MOST, 0);
      if (jobs.length === 0) return;
      await this.jobs.cancelOpen(caller, jobs);
    }
  }

  private open(caller: Principal, limit: number, offset: number) {
    return this.history.list(caller, {
      states: ['queued', 'processing'],
      kinds: [...GENERATION_KINDS],
      limit,
      offset,
      sort: 'asc',
    });
  }

  private entry(job: JobDetails, names: ReadonlyMap<string, string>) {
    const { model } = job.parameters as Partial<GenerationRequest>;
    return {
      id: idOf(job),
      model: (model && names.get(model.id)) ?? job.model ?? '',
      state: job.status === 'processing' ? 'running' : 'queued',
      started_at_unix_ms: job.start_time === null ? null : job.start_time * 1000,
      position: job.position ?? 0,
    };
  }
}
