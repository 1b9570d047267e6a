import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  Post,
  Res,
} from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { LargeBody } from '../../../bodies/index.js';
import { ValidationError } from '../../../common/index.js';
import { EventStreams, type ServerSentEvent } from '../../../connections/index.js';
import { NothingChosenError } from '../../../generate/index.js';
import { SUBMISSION_ERRORS } from '../../../queue/index.js';
import { TEXT_ERRORS } from '../../../text/index.js';
import { Describe } from '../errors.js';
import { BODY } from '../generate/describe.js';
import { MoldOnlookers } from '../queue/onlookers.js';
import { object, TEXT } from '../schemas.js';
import { MoldSnapshots } from '../snapshots.js';
import { MoldInstance } from '../status/instance.js';
import { readBatch } from './batch-body.js';
import {
  BatchChangedError,
  BatchesUnavailableError,
  BatchGoneError,
  BatchModelError,
  BatchNotFoundError,
  inBatch,
} from './batch-errors.js';
import { BATCH_STATUS, EXAMPLE_BATCH, isSettled, type BatchStatus } from './batch-status.js';
import { MoldBatchStatusDto } from './batch.dto.js';
import { MoldBatches } from './batches.service.js';

const MISSING = object({
  client_batch_ids: { type: 'array', items: TEXT },
  batch_ids: { type: 'array', items: TEXT },
});

const { id: EXAMPLE_ID, instance_id: EXAMPLE_INSTANCE } = EXAMPLE_BATCH;

/** What newer clients of mold do all their drawing with: pictures that are fetched when they are there. */
@ApiTags('batches')
@Controller('mold/api/generation-batches')
export class MoldBatchesController {
  constructor(
    private readonly batches: MoldBatches,
    private readonly snapshots: MoldSnapshots,
    private readonly instance: MoldInstance,
    private readonly onlookers: MoldOnlookers,
    private readonly streams: EventStreams,
  ) {}

  @Post()
  @LargeBody()
  @HttpCode(HttpStatus.ACCEPTED)
  @Needs('job:create')
  @ApiBody({
    schema: object({ client_batch_id: TEXT, requests: { type: 'array', items: BODY.schema } }),
    examples: {
      one: { value: { client_batch_id: EXAMPLE_ID, requests: [BODY.examples.short.value] } },
    },
  })
  @Describe({
    summary: 'Have several pictures made, all or none',
    details:
      'Does not wait for them. Each request is one of `/api/generate` for one picture. A batch that is sent again under the same id is not made again.',
    status: 202,
    schema: BATCH_STATUS,
    example: EXAMPLE_BATCH,
    errors: [
      new ValidationError([{ field: 'requests', message: 'requests must be a list of 1 to 64.' }]),
      new NothingChosenError('drawing'),
      new BatchModelError('There is no model "flux-dev:q4".'),
      new BatchChangedError(EXAMPLE_ID),
      new BatchGoneError(EXAMPLE_ID),
      new BatchesUnavailableError(),
      ...SUBMISSION_ERRORS,
      ...TEXT_ERRORS,
    ],
  })
  async create(@Caller() caller: Principal, @Body() body: unknown): Promise<BatchStatus> {
    const { limit } = this.batches;
    if (limit === 0) throw new BatchesUnavailableError();
    const { id, bodies } = readBatch(body, limit);
    // A client that is going to ask how its pictures come on cannot do so before they are begun.
    this.onlookers.seen(caller);
    await this.batches.accept(caller, { id, bodies, telling: inBatch });
    return this.batches.accepted(caller, id);
  }

  @Post('status')
  @HttpCode(HttpStatus.OK)
  @Needs('job:read')
  @Describe({
    summary: 'How several batches are',
    schema: object({
      instance_id: TEXT,
      batches: { type: 'array', items: BATCH_STATUS },
      missing: MISSING,
    }),
    example: {
      instance_id: EXAMPLE_INSTANCE,
      batches: [EXAMPLE_BATCH],
      missing: { client_batch_ids: [], batch_ids: [] },
    },
  })
  async several(
    @Caller() caller: Principal,
    @Body() { client_batch_ids: clientIds = [], batch_ids: batchIds = [] }: MoldBatchStatusDto,
  ) {
    const found = new Map<string, BatchStatus>();
    for (const id of new Set([...clientIds, ...batchIds])) {
      const batch = await this.batches.find(caller, id);
      if (batch) found.set(id, batch);
    }
    const isMissing = (id: string): boolean => !found.has(id);
    return {
      instance_id: this.instance.id,
      batches: [...found.values()],
      missing: {
        client_batch_ids: clientIds.filter(isMissing),
        batch_ids: batchIds.filter(isMissing),
      },
    };
  }

  @Get('by-client/:id')
  @Needs('job:read')
  @Describe({
    summary: 'A batch by the id that its client gave it',
    schema: BATCH_STATUS,
    example: EXAMPLE_BATCH,
    errors: [new BatchNotFoundError(EXAMPLE_ID)],
  })
  byClient(@Caller() caller: Principal, @Param('id') id: string): Promise<BatchStatus> {
    return this.batches.status(caller, id);
  }

  @Get(':id')
  @Needs('job:read')
  @Describe({
    summary: 'A batch',
    schema: BATCH_STATUS,
    example: EXAMPLE_BATCH,
    errors: [new BatchNotFoundError(EXAMPLE_ID)],
  })
  one(@Caller() caller: Principal, @Param('id') id: string): Promise<BatchStatus> {
    return this.batches.status(caller, id);
  }

  @Get(':id/events')
  @Needs('job:read')
  @Describe({
    summary: 'A batch, again whenever it has changed',
    details: 'Events `generation_batch`; ends when all that is in it has ended.',
    files: ['text/event-stream'],
    errors: [new BatchNotFoundError(EXAMPLE_ID)],
  })
  async events(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.batches.status(caller, id);
    await this.streams.send(caller, reply, (gone) => this.told(caller, id, gone));
  }

  @Delete(':id')
  @HttpCode(HttpStatus.OK)
  @Needs('job:cancel')
  @Describe({
    summary: 'Cancel what of a batch has not ended',
    schema: BATCH_STATUS,
    example: EXAMPLE_BATCH,
    errors: [new BatchNotFoundError(EXAMPLE_ID)],
  })
  async cancel(@Caller() caller: Principal, @Param('id') id: string): Promise<BatchStatus> {
    await this.batches.cancel(caller, id);
    return this.batches.status(caller, id);
  }

  private async *told(
    caller: Principal,
    id: string,
    gone: AbortSignal,
  ): AsyncGenerator<ServerSentEvent, void> {
    const look = () => this.batches.status(caller, id);
    try {
      for await (const data of this.snapshots.follow(caller, gone, look, isSettled))
        yield { event: 'generation_batch', data };
    } catch (error) {
      // Its jobs may be deleted meanwhile.
      if (!(error instanceof BatchNotFoundError)) throw error;
    }
  }
}
