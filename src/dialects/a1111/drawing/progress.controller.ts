import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Allow } from 'class-validator';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { OwnJobs, type JobDetails } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { object } from '../lists/schemas.js';

const COUNT = { type: 'integer', minimum: 0 };
const FLAG = { type: 'boolean' };
const TEXT_OR_NULL = { type: ['string', 'null'] };

const STATE = object({
  skipped: FLAG,
  interrupted: FLAG,
  stopping_generation: FLAG,
  job: { type: 'string', description: 'Id of the job; empty while there is none.' },
  job_count: COUNT,
  job_timestamp: { type: 'string' },
  job_no: COUNT,
  sampling_step: COUNT,
  sampling_steps: COUNT,
});

const PROGRESS = object({
  progress: { type: 'number', minimum: 0, maximum: 1 },
  eta_relative: { type: 'number', description: 'Seconds; 0 while not known.' },
  state: STATE,
  current_image: { ...TEXT_OR_NULL, description: 'The picture in the making, in base64.' },
  textinfo: TEXT_OR_NULL,
});

export class A1111ProgressQueryDto {
  @ApiPropertyOptional({ description: '`true` leaves the picture out.' })
  @Allow()
  skip_current_image?: unknown;
}

const YES = ['true', 'True', '1', 'yes', 'on'];

/** As the original writes the moment at which a job was begun: `20251121052000`. */
function timestampOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replaceAll(/\D/g, '').slice(0, 14);
}

function stateOf(job: JobDetails | undefined) {
  return {
    skipped: false,
    interrupted: false,
    stopping_generation: false,
    job: job?.id ?? '',
    job_count: job ? 1 : 0,
    job_timestamp: timestampOf(job?.start_time ?? job?.queued_time ?? 0),
    job_no: 0,
    sampling_step: job?.current_step ?? 0,
    sampling_steps: job?.total_steps ?? 0,
  };
}

/** How far the caller's own job is: that of others is nobody's business. */
@ApiTags('drawing')
@Controller('sdapi/v1')
export class A1111ProgressController {
  constructor(private readonly jobs: OwnJobs) {}

  @Get('progress')
  @Needs('job:read')
  @Describe({
    summary: "How far the caller's job is",
    schema: PROGRESS,
    example: {
      progress: 0.25,
      eta_relative: 3.5,
      state: { ...stateOf(undefined), job_count: 1, sampling_step: 5, sampling_steps: 20 },
      current_image: null,
      textinfo: null,
    },
  })
  async progress(
    @Caller() caller: Principal,
    @Query() { skip_current_image: skip }: A1111ProgressQueryDto,
  ) {
    const job = await this.jobs.current(caller);
    const preview = job && !YES.includes(String(skip)) ? this.jobs.preview(job.id) : undefined;
    return {
      progress: job?.progress ?? 0,
      eta_relative: (job?.time_remaining ?? 0) / 1000,
      state: stateOf(job),
      current_image: preview ? Buffer.from(preview.jpeg).toString('base64') : null,
      textinfo: job?.position ? `Waiting: number ${job.position} in the queue` : null,
    };
  }

  @Post('interrupt')
  @HttpCode(200)
  @Needs('job:cancel')
  @Describe({
    summary: "End the caller's job that is being drawn",
    details: 'Whoever waits for it is answered at once, without pictures.',
    schema: object({}),
    example: {},
  })
  async interrupt(@Caller() caller: Principal): Promise<object> {
    await this.jobs.interrupt(caller);
    return {};
  }

  @Post('skip')
  @HttpCode(200)
  @Needs('job:cancel')
  @Describe({
    summary: 'The same as interrupt',
    details: 'The pictures of a job are drawn together.',
    schema: object({}),
    example: {},
  })
  skip(@Caller() caller: Principal): Promise<object> {
    return this.interrupt(caller);
  }
}
