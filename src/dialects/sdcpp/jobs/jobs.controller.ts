import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { RecycleBin } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { SdcppJobDto, SdcppQueueDto, SdcppQueueQueryDto } from './jobs.dto.js';
import {
  SdcppBinDto,
  SdcppBinSettingsDto,
  SdcppDeletedJobsDto,
  SdcppDeleteJobsDto,
  SdcppPurgedDto,
} from './bin.dto.js';
import { SdcppJobNotFoundError, SdcppJobRefusedError } from './jobs.errors.js';
import { EXAMPLE_JOB, EXAMPLE_QUEUE } from './example.js';
import { SdcppJobs } from './jobs.service.js';
import { addressBase } from '../outputs/address.js';
import { SdcppDoneDto } from '../settings/settings.dto.js';

/** Seed sdcpp-restapi, "Queue Management", and the recycle bin of the web UI. */
@ApiTags('queue')
@Controller('sdcpp')
export class SdcppJobsController {
  constructor(
    private readonly jobs: SdcppJobs,
    private readonly bin: RecycleBin,
  ) {}

  @Get('queue')
  @Needs('job:read')
  @Describe({
    summary: "One's own jobs, the newest first, page by page, and how many there are",
    reply: SdcppQueueDto,
    example: EXAMPLE_QUEUE,
  })
  list(
    @Caller() caller: Principal,
    @Query() query: SdcppQueueQueryDto,
    @Req() request: FastifyRequest,
  ): Promise<SdcppQueueDto> {
    return this.jobs.list(caller, query, addressBase(request));
  }

  @Get('queue/recycle-bin')
  @Needs('job:read')
  @Describe({
    summary: 'Deleted jobs that can still be restored, the latest first',
    reply: SdcppBinDto,
    example: { success: true, enabled: true, retention_minutes: 10_080, count: 0, items: [] },
  })
  recycleBin(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<SdcppBinDto> {
    return this.jobs.binned(caller, addressBase(request));
  }

  @Delete('queue/recycle-bin')
  @Needs('job:delete')
  @Describe({
    summary: "Empty one's own recycle bin, for good",
    reply: SdcppPurgedDto,
    example: { success: true, purged: 3, message: 'Recycle bin cleared' },
  })
  async empty(@Caller() caller: Principal): Promise<SdcppPurgedDto> {
    const purged = await this.bin.empty(caller);
    return { success: true, purged, message: 'Recycle bin cleared' };
  }

  @Get('settings/recycle-bin')
  @Needs('job:read')
  @Describe({
    summary: 'Whether deleted jobs can be restored, and for how long',
    reply: SdcppBinSettingsDto,
    example: { enabled: true, retention_minutes: 10_080 },
  })
  binSettings(): SdcppBinSettingsDto {
    const { isEnabled: enabled, minutes } = this.bin;
    return { enabled, retention_minutes: minutes };
  }

  @Delete('queue/jobs')
  @HttpCode(200)
  @Needs('job:delete')
  @Describe({
    summary: 'Delete jobs that have ended',
    details: 'They go into the recycle bin, where there is one. The others are told of.',
    reply: SdcppDeletedJobsDto,
    example: { success: true, deleted: 2, failed: 0, total: 2 },
  })
  delete(
    @Caller() caller: Principal,
    @Body() { job_ids }: SdcppDeleteJobsDto,
  ): Promise<SdcppDeletedJobsDto> {
    return this.jobs.delete(caller, [...new Set(job_ids)]);
  }

  @Get('queue/:job_id')
  @Needs('job:read')
  @Describe({
    summary: 'One job',
    reply: SdcppJobDto,
    example: EXAMPLE_JOB,
    errors: [new SdcppJobNotFoundError()],
  })
  one(
    @Caller() caller: Principal,
    @Param('job_id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<SdcppJobDto> {
    return this.jobs.one(caller, id, addressBase(request));
  }

  @Delete('queue/:job_id')
  @Needs('job:cancel')
  @Describe({
    summary: 'Cancel a job that waits or runs',
    reply: SdcppDoneDto,
    example: { success: true, message: 'Job cancelled' },
    errors: [new SdcppJobRefusedError('cancel')],
  })
  async cancel(@Caller() caller: Principal, @Param('job_id') id: string): Promise<SdcppDoneDto> {
    await this.jobs.cancel(caller, id);
    return { success: true, message: 'Job cancelled' };
  }

  @Post('queue/:job_id/restore')
  @HttpCode(200)
  @Needs('job:delete')
  @Describe({
    summary: 'Take a job out of the recycle bin',
    reply: SdcppDoneDto,
    example: { success: true, message: 'Job restored from recycle bin' },
    errors: [new SdcppJobRefusedError('restore')],
  })
  async restore(@Caller() caller: Principal, @Param('job_id') id: string): Promise<SdcppDoneDto> {
    await this.jobs.restore(caller, id);
    return { success: true, message: 'Job restored from recycle bin' };
  }

  @Delete('queue/:job_id/purge')
  @Needs('job:delete')
  @Describe({
    summary: 'Remove a job in the recycle bin for good',
    reply: SdcppDoneDto,
    example: { success: true, message: 'Job permanently deleted' },
    errors: [new SdcppJobRefusedError('purge')],
  })
  async purge(@Caller() caller: Principal, @Param('job_id') id: string): Promise<SdcppDoneDto> {
    await this.jobs.purge(caller, id);
    return { success: true, message: 'Job permanently deleted' };
  }
}
