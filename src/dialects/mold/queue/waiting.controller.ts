import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { ConflictError, Optional } from '../../../common/index.js';
import {
  fingerprintOf,
  IdempotencyService,
  JobNotFoundError,
  JobNotRetryableError,
  OwnJobs,
  QueueService,
  SUBMISSION_ERRORS,
  type JobDetails,
} from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { pngOf, STAGES } from '../generate/stages.js';
import { COUNT, object, TEXT } from '../schemas.js';
import { MoldInstance } from '../status/instance.js';
import { MoldJobs, TAGS } from './identity.js';
import { MoldOnlookers } from './onlookers.js';

const EXAMPLE_JOB = '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44';

const PREVIEW = object(
  { updated_at_ms: { ...COUNT, description: 'When this was found out.' } },
  {
    step: COUNT,
    total: COUNT,
    stage: TEXT,
    queue_position: COUNT,
    preview_image: { ...TEXT, description: 'PNG as base64.' },
  },
);

/** Which job its client means, to make sure of it. */
export class MoldRetryDto {
  @ApiPropertyOptional({ description: 'As `/api/status` tells it.' })
  @Optional()
  @IsString({ message: 'instance_id must be a text' })
  instance_id?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @Optional()
  @IsString({ message: 'batch_id must be a text' })
  batch_id?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @Optional()
  @IsString({ message: 'client_batch_id must be a text' })
  client_batch_id?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @Optional()
  @IsString({ message: 'job_id must be a text' })
  job_id?: string;
}

/** 409: what the client says of the job is not so. */
class OtherJobError extends ConflictError {
  constructor(field: string) {
    super(`This job has another ${field}.`, 'RETRY_MISMATCH');
  }
}

/** One job while it waits and is worked on, and when it has failed. */
@ApiTags('queue')
@Controller('mold/api/queue')
export class MoldWaitingController {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly instance: MoldInstance,
    private readonly jobs: MoldJobs,
    private readonly onlookers: MoldOnlookers,
    private readonly own: OwnJobs,
    private readonly queue: QueueService,
  ) {}

  @Get(':id/preview')
  @Needs('job:read')
  @Describe({
    summary: 'How far a job is, with its picture in the making',
    details:
      'Pictures in the making are for jobs that were begun while somebody asked for them. 404 once it has ended.',
    schema: PREVIEW,
    example: { updated_at_ms: 1_763_700_002_000, step: 3, total: 4, stage: 'Denoising' },
    errors: [new JobNotFoundError(EXAMPLE_JOB)],
  })
  async preview(@Caller() caller: Principal, @Param('id') id: string) {
    const job = await this.jobs.find(caller, id);
    if (job.end_time !== null) throw new JobNotFoundError(id);
    this.onlookers.seen(caller);
    const stage = job.phase && STAGES[job.phase];
    const picture = this.own.preview(job.id);
    return {
      updated_at_ms: Date.now(),
      ...(job.total_steps > 0 ? { step: job.current_step, total: job.total_steps } : {}),
      ...(stage ? { stage } : {}),
      ...(job.position === null ? {} : { queue_position: job.position }),
      ...(picture ? { preview_image: await pngOf(Buffer.from(picture.jpeg)) } : {}),
    };
  }

  @Post(':id/retry')
  @HttpCode(202)
  @Needs('job:create')
  @Describe({
    summary: 'Try a job again that has failed or was cancelled',
    details: 'It keeps its id and its place in its batch. What the body says must be so.',
    status: 202,
    schema: object({ job_id: TEXT, state: { enum: ['queued'] } }),
    example: { job_id: EXAMPLE_JOB, state: 'queued' },
    errors: [
      new JobNotFoundError(EXAMPLE_JOB),
      new JobNotRetryableError(EXAMPLE_JOB, 'completed'),
      new OtherJobError('batch_id'),
      ...SUBMISSION_ERRORS,
    ],
  })
  async retry(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() body: MoldRetryDto = {},
  ) {
    const job = await this.jobs.find(caller, id);
    this.check(id, job, body);
    const keyed = {
      ownerId: caller.userId,
      key: `mold.retry:${job.id}`,
      fingerprint: fingerprintOf(job.id),
    };
    this.onlookers.seen(caller);
    // Asked for twice at once, it is one more try.
    await this.idempotency.joined(keyed, () => this.queue.retry(caller, job.id));
    return { job_id: id, state: 'queued' };
  }

  private check(id: string, { origin }: JobDetails, said: MoldRetryDto): void {
    const batch = origin?.tags?.[TAGS.batch];
    const own: Required<Record<keyof MoldRetryDto, string | undefined>> = {
      instance_id: this.instance.id,
      batch_id: batch,
      client_batch_id: batch,
      job_id: id,
    };
    for (const [field, value] of Object.entries(said))
      if (value !== undefined && value !== own[field as keyof MoldRetryDto])
        throw new OtherJobError(field);
  }
}
