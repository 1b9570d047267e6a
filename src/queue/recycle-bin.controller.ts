import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Needs, type Principal } from '../auth/index.js';
import { Describe, pageInfo, pageWindow } from '../common/index.js';
import { EXAMPLE_JOB, EXAMPLE_JOB_DETAILS } from './job-example.js';
import { BinDisabledError } from './queue.errors.js';
import { BinDto, BinQueryDto, JobIdsDto, JobsMovedDto } from './recycle-bin.dto.js';
import { RecycleBin, type DeletionOutcome } from './recycle-bin.js';

const EXAMPLE_MOVED: JobsMovedDto = { done: [EXAMPLE_JOB.id], refused: [] };

function movedOf(outcomes: DeletionOutcome[]): JobsMovedDto {
  return {
    done: outcomes.flatMap(({ id, error }) => (error ? [] : [id])),
    refused: outcomes.flatMap(({ id, error }) =>
      error ? [{ job_id: id, code: error.code, message: error.message }] : [],
    ),
  };
}

/** Deleted jobs, which can be restored for a while. */
@ApiTags('queue')
@Controller('api/queue/bin')
export class RecycleBinController {
  constructor(private readonly bin: RecycleBin) {}

  @Get()
  @Needs('job:read')
  @Describe({
    summary: 'The deleted jobs that can be restored, the latest deleted first',
    reply: BinDto,
    example: {
      enabled: true,
      minutes: 10_080,
      jobs: [Object.assign({}, EXAMPLE_JOB_DETAILS, { deleted_at: 1_763_700_300 })],
      total: 1,
      page: 1,
      limit: 50,
      total_pages: 1,
    },
  })
  async list(@Caller() caller: Principal, @Query() query: BinQueryDto): Promise<BinDto> {
    const { skip: offset, take: limit } = pageWindow(query);
    const { jobs, total } = await this.bin.list(caller, { offset, limit });
    const { isEnabled: enabled, minutes } = this.bin;
    return { enabled, minutes, jobs, ...pageInfo(query, total) };
  }

  @Post()
  @HttpCode(200)
  @Needs('job:delete')
  @Describe({
    summary: 'Delete jobs that have ended, so that they can be restored for a while',
    details: 'With all their outputs. Each is done for itself; what was refused is told.',
    reply: JobsMovedDto,
    example: EXAMPLE_MOVED,
    errors: [new BinDisabledError()],
  })
  async delete(@Caller() caller: Principal, @Body() body: JobIdsDto): Promise<JobsMovedDto> {
    if (!this.bin.isEnabled) throw new BinDisabledError();
    return movedOf(await this.bin.deleteAll(caller, body.job_ids));
  }

  @Post('restore')
  @HttpCode(200)
  @Needs('job:delete')
  @Describe({
    summary: 'Take deleted jobs out of the recycle bin, as they were',
    reply: JobsMovedDto,
    example: EXAMPLE_MOVED,
  })
  async restore(@Caller() caller: Principal, @Body() body: JobIdsDto): Promise<JobsMovedDto> {
    return movedOf(await this.bin.restoreAll(caller, body.job_ids));
  }
}
