import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, can, InsufficientPermissionsError, Needs, type Principal } from '../auth/index.js';
import { Describe } from '../common/index.js';
import {
  ClearQueueDto,
  ClearQueueQueryDto,
  ClearReplyDto,
  HistoryDto,
  HistoryQueryDto,
  RemoveJobQueryDto,
  RetryReplyDto,
} from './history.dto.js';
import { HistoryService } from './history.service.js';
import { Idempotent } from './idempotency/idempotent.js';
import { EXAMPLE_JOB, EXAMPLE_JOB_DETAILS } from './job-example.js';
import { CancelJobDto, CancelReplyDto, JobReplyDto, QueueStatusReplyDto } from './job.dto.js';
import {
  ConfirmationRequiredError,
  JobFinishedError,
  JobNotFoundError,
  JobNotRetryableError,
  JobUnfinishedError,
  SUBMISSION_ERRORS,
} from './queue.errors.js';
import { QueueService } from './queue.service.js';

/** An id for the examples of what comes of another try. */
const EXAMPLE_RETRY = '7c2f7d5e-93a1-4f0e-8f63-5f1f0f7a2b10';

/** Seed stable-diffusion-cpp-rest, "Queue Management". */
@ApiTags('queue')
@Controller('api/queue')
export class QueueController {
  constructor(
    private readonly queue: QueueService,
    private readonly history: HistoryService,
  ) {}

  @Get('status')
  @Needs('job:read')
  @Describe({
    summary: 'The queue: unfinished jobs in their order, then the newest of the others',
    reply: QueueStatusReplyDto,
    example: {
      queue: {
        size: 0,
        active_generations: 0,
        running: true,
        others: { queued: 0, processing: 0 },
        jobs: [EXAMPLE_JOB],
      },
    },
  })
  async status(@Caller() caller: Principal): Promise<QueueStatusReplyDto> {
    return { queue: await this.queue.status(caller) };
  }

  @Get('history')
  @Needs('job:read')
  @Describe({
    summary: 'Look back over jobs, the newest first',
    details:
      'A user sees their own jobs, an administrator those of everybody. `search` finds the beginnings of words in the prompt, case and accents aside.',
    reply: HistoryDto,
    example: { jobs: [EXAMPLE_JOB], total: 1, page: 1, limit: 50, total_pages: 1 },
  })
  list(@Caller() caller: Principal, @Query() query: HistoryQueryDto): Promise<HistoryDto> {
    return this.history.search(caller, query);
  }

  @Get('job/:id')
  @Needs('job:read')
  @Describe({
    summary: 'A job with all that was asked for',
    reply: JobReplyDto,
    example: { job: EXAMPLE_JOB_DETAILS },
    errors: [new JobNotFoundError(EXAMPLE_JOB.id)],
  })
  async job(@Caller() caller: Principal, @Param('id') id: string): Promise<JobReplyDto> {
    return { job: await this.queue.job(caller, id) };
  }

  @Delete('job/:id')
  @Needs('job:delete')
  @Describe({
    summary: 'Remove a job that has ended, and its files, for good',
    reply: CancelReplyDto,
    example: { status: 'success', message: 'Job deleted successfully', job_id: EXAMPLE_JOB.id },
    errors: [
      new ConfirmationRequiredError(),
      new JobNotFoundError(EXAMPLE_JOB.id),
      new JobUnfinishedError(EXAMPLE_JOB.id, 'processing'),
    ],
  })
  async remove(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Query() { confirm }: RemoveJobQueryDto,
  ): Promise<CancelReplyDto> {
    if (!confirm) throw new ConfirmationRequiredError();
    await this.history.remove(caller, id);
    return { status: 'success', message: 'Job deleted successfully', job_id: id };
  }

  @Post('job/:id/retry')
  @HttpCode(202)
  @Needs('job:create')
  @Idempotent()
  @Describe({
    summary: 'Submit the request of a failed or cancelled job again, as a new job',
    status: 202,
    reply: RetryReplyDto,
    example: {
      request_id: EXAMPLE_RETRY,
      status: 'queued',
      message: 'Generation request queued successfully',
      retry_of: EXAMPLE_JOB.id,
    },
    errors: [
      new JobNotFoundError(EXAMPLE_JOB.id),
      new JobNotRetryableError(EXAMPLE_JOB.id, 'completed'),
      ...SUBMISSION_ERRORS,
    ],
  })
  async retry(@Caller() caller: Principal, @Param('id') id: string): Promise<RetryReplyDto> {
    const again = await this.queue.retry(caller, id);
    return {
      request_id: again,
      status: 'queued',
      message: 'Generation request queued successfully',
      retry_of: id,
    };
  }

  @Post('cancel')
  @HttpCode(200)
  @Needs('job:cancel')
  @Describe({
    summary: 'Cancel a job, queued or running',
    reply: CancelReplyDto,
    example: {
      status: 'success',
      message: 'Job cancelled successfully',
      job_id: EXAMPLE_JOB.id,
    },
    errors: [
      new JobNotFoundError(EXAMPLE_JOB.id),
      new JobFinishedError(EXAMPLE_JOB.id, 'completed'),
    ],
  })
  async cancel(@Caller() caller: Principal, @Body() body: CancelJobDto): Promise<CancelReplyDto> {
    await this.queue.cancel(caller, body.job_id);
    return { status: 'success', message: 'Job cancelled successfully', job_id: body.job_id };
  }

  @Post('clear')
  @HttpCode(200)
  @Needs('job:cancel')
  @Describe({
    summary: "Cancel all jobs that wait: one's own, or those of everybody",
    details: 'Jobs in progress go on. `all`, in the query or in the body, is for administrators.',
    reply: ClearReplyDto,
    example: { status: 'success', message: 'Queue cleared successfully', cleared: 5 },
  })
  async clear(
    @Caller() caller: Principal,
    @Query() query: ClearQueueQueryDto,
    @Body() body: ClearQueueDto,
  ): Promise<ClearReplyDto> {
    const all = body.all ?? query.all ?? false;
    if (all && !can(caller, 'job:cancel_all'))
      throw new InsufficientPermissionsError('job:cancel_all');
    const cleared = await this.queue.clear(caller, all);
    return { status: 'success', message: 'Queue cleared successfully', cleared };
  }
}
