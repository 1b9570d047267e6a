import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Needs, type Principal } from '../auth/index.js';
import { Describe } from '../common/index.js';
import { EXAMPLE_JOB, EXAMPLE_JOB_DETAILS } from './job-example.js';
import { CancelJobDto, CancelReplyDto, JobReplyDto, QueueStatusReplyDto } from './job.dto.js';
import { JobFinishedError, JobNotFoundError } from './queue.errors.js';
import { QueueService } from './queue.service.js';

/** Seed stable-diffusion-cpp-rest, "Queue Management". */
@ApiTags('queue')
@Controller('api/queue')
export class QueueController {
  constructor(private readonly queue: QueueService) {}

  @Get('status')
  @Needs('job:read')
  @Describe({
    summary: 'The queue: unfinished jobs in their order, then the newest of the others',
    reply: QueueStatusReplyDto,
    example: { queue: { size: 0, active_generations: 0, running: true, jobs: [EXAMPLE_JOB] } },
  })
  async status(@Caller() caller: Principal): Promise<QueueStatusReplyDto> {
    return { queue: await this.queue.status(caller) };
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
}
