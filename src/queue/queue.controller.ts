import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Caller, Needs, type Principal } from '../auth/index.js';
import { CancelJobDto, type JobDetails } from './job.dto.js';
import { QueueService, type QueueStatus } from './queue.service.js';

/** Seed stable-diffusion-cpp-rest, "Queue Management". */
@Controller('api/queue')
export class QueueController {
  constructor(private readonly queue: QueueService) {}

  @Get('status')
  @Needs('job:read')
  async status(@Caller() caller: Principal): Promise<{ queue: QueueStatus }> {
    return { queue: await this.queue.status(caller) };
  }

  @Get('job/:id')
  @Needs('job:read')
  async job(@Caller() caller: Principal, @Param('id') id: string): Promise<{ job: JobDetails }> {
    return { job: await this.queue.job(caller, id) };
  }

  @Post('cancel')
  @HttpCode(200)
  @Needs('job:cancel')
  async cancel(@Caller() caller: Principal, @Body() body: CancelJobDto): Promise<object> {
    await this.queue.cancel(caller, body.job_id);
    return { status: 'success', message: 'Job cancelled successfully', job_id: body.job_id };
  }
}
