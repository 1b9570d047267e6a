import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Client, Needs, type LoginClient, type Principal } from '../../../auth/index.js';
import { AppError, ConflictError } from '../../../common/index.js';
import { EventStreams } from '../../../connections/index.js';
import { DOWNLOAD_ERRORS } from '../../../models/index.js';
import { JobNotFoundError, QueueService } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { MoldPullDto } from '../models/pull.controller.js';
import { MoldPulls, UnknownModelError } from '../models/pulls.js';
import { COUNT, object, orNull, TEXT } from '../schemas.js';
import { MoldDownloads, type DownloadList } from './downloads.service.js';

const ENTRY = object({
  id: TEXT,
  model: TEXT,
  status: { enum: ['queued', 'active', 'completed', 'failed', 'cancelled'] },
  files_done: COUNT,
  files_total: COUNT,
  bytes_done: COUNT,
  bytes_total: COUNT,
  current_file: TEXT,
  started_at: { ...orNull(COUNT), description: 'Unix time in seconds.' },
  completed_at: { ...orNull(COUNT), description: 'Unix time in seconds.' },
  error: orNull(TEXT),
});

const ENTRIES = { type: 'array', items: ENTRY };

const EXAMPLE_JOB = '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44';

/** 409: there is nothing to download. */
class ModelHereError extends ConflictError {
  constructor(name: string) {
    super(`The model "${name.slice(0, 200)}" is here already.`, 'MODEL_HERE');
  }
}

/** What the caller has downloaded. */
@ApiTags('downloads')
@Controller('mold/api/downloads')
export class MoldDownloadsController {
  constructor(
    private readonly downloads: MoldDownloads,
    private readonly pulls: MoldPulls,
    private readonly queue: QueueService,
    private readonly streams: EventStreams,
  ) {}

  @Get()
  @Needs('model:manage')
  @Describe({
    summary: 'The downloads of the caller',
    schema: object({
      active: { anyOf: [ENTRY, { type: 'null' }] },
      active_jobs: ENTRIES,
      queued: ENTRIES,
      history: ENTRIES,
    }),
    example: { active: null, active_jobs: [], queued: [], history: [] },
  })
  list(@Caller() caller: Principal): Promise<DownloadList> {
    return this.downloads.list(caller);
  }

  @Get('stream')
  @Needs('model:manage')
  @Describe({
    summary: 'The same, again whenever something has changed',
    details: 'Events `download` of the type `snapshot`.',
    files: ['text/event-stream'],
  })
  stream(@Caller() caller: Principal, @Res() reply: FastifyReply): Promise<void> {
    return this.streams.send(caller, reply, (gone) => this.downloads.follow(caller, gone));
  }

  @Post()
  @HttpCode(200)
  @Needs('model:manage')
  @Describe({
    summary: 'Download a model',
    details: 'As `pull` does, without waiting. A download that is under way already is joined.',
    schema: object({ id: TEXT, position: COUNT }),
    example: { id: EXAMPLE_JOB, position: 1 },
    errors: [
      new UnknownModelError('no-such-model:q8'),
      new ModelHereError('photo'),
      ...DOWNLOAD_ERRORS,
    ],
  })
  async start(
    @Caller() caller: Principal,
    @Client() { address }: LoginClient,
    @Body() { model }: MoldPullDto,
  ) {
    const started = await this.pulls.start(caller, model, address);
    const weights = started?.at(-1);
    if (!weights) throw new ModelHereError(model);
    return { id: weights.downloadJobId, position: weights.position ?? 0 };
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('model:manage')
  @Describe({
    summary: 'Cancel a download',
    status: 204,
    files: [],
    errors: [
      new JobNotFoundError(EXAMPLE_JOB),
      new AppError('JOB_FINISHED', 409, `Job "${EXAMPLE_JOB}" is completed already.`),
    ],
  })
  async cancel(@Caller() caller: Principal, @Param('id') id: string): Promise<void> {
    const { kind } = await this.queue.job(caller, id);
    if (kind !== 'download') throw new JobNotFoundError(id);
    await this.queue.cancel(caller, id);
  }
}
