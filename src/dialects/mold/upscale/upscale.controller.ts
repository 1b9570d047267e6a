import { Readable } from 'node:stream';
import { Body, Controller, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { LargeBody } from '../../../bodies/index.js';
import { hangUpOf, toAppError, ValidationError } from '../../../common/index.js';
import { EventStreams, type ServerSentEvent } from '../../../connections/index.js';
import { ModelNotFoundError } from '../../../models/index.js';
import {
  Idempotent,
  JobCancelledError,
  JobFailedError,
  SUBMISSION_ERRORS,
} from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { MoldKeeping } from '../generate/keeping.js';
import { MoldProgress } from '../generate/progress.js';
import { COUNT, object, TEXT } from '../schemas.js';
import { MoldEnlarging, type Enlarging } from './enlarging.service.js';
import { MoldUpscaleDto } from './upscale.dto.js';

const FACTS = {
  model: TEXT,
  scale_factor: COUNT,
  original_width: COUNT,
  original_height: COUNT,
  upscale_time_ms: COUNT,
};

const ANSWER = object({
  image: object({
    data: { type: 'array', items: { type: 'integer', minimum: 0, maximum: 255 } },
    format: TEXT,
    width: COUNT,
    height: COUNT,
    index: COUNT,
  }),
  ...FACTS,
});

const EXAMPLE = {
  image: { data: [137, 80, 78, 71], format: 'png', width: 2048, height: 2048, index: 0 },
  model: 'real-esrgan-x4plus:fp16',
  scale_factor: 4,
  original_width: 512,
  original_height: 512,
  upscale_time_ms: 2310,
};

const REFUSALS = [
  new ValidationError([{ field: 'image', message: 'image must be a picture in base64.' }]),
  new ModelNotFoundError('real-esrgan-x4plus:fp16', [], 'esrgan'),
  new JobFailedError({ code: 'GENERATION_FAILED', message: 'The engine made no picture.' }),
  new JobCancelledError('0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44'),
  ...SUBMISSION_ERRORS,
];

/** How many bytes of the picture are written as numbers at a time. */
const NUMBERS_AT_ONCE = 65_536;

/** The answer as JSON in pieces: its bytes as a list of numbers take some ten times their own memory. */
function* answerText(data: Buffer, image: object, facts: object): Generator<string, void> {
  yield '{"image":{"data":[';
  for (let at = 0; at < data.length; at += NUMBERS_AT_ONCE)
    yield `${at > 0 ? ',' : ''}${data.subarray(at, at + NUMBERS_AT_ONCE).join(',')}`;
  yield `],${JSON.stringify(image).slice(1)},${JSON.stringify(facts).slice(1)}`;
}

/** Larger pictures. A client that hangs up cancels its job. */
@ApiTags('upscale')
@LargeBody()
@Controller('mold/api/upscale')
export class MoldUpscaleController {
  constructor(
    private readonly enlarging: MoldEnlarging,
    private readonly keeping: MoldKeeping,
    private readonly progress: MoldProgress,
    private readonly streams: EventStreams,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('job:create')
  @Idempotent({ answers: 'anew' })
  @Describe({
    summary: 'Enlarge a picture',
    details: 'Answers with JSON, or with the picture itself where `Accept` begins with `image/`.',
    files: ['image/png', 'image/jpeg', 'image/webp'],
    json: { schema: ANSWER, example: EXAMPLE },
    errors: REFUSALS,
  })
  async enlarge(
    @Caller() caller: Principal,
    @Headers('accept') accept: string | undefined,
    @Body() body: MoldUpscaleDto,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const begun = await this.enlarging.begin(caller, body, hangUpOf(reply.raw));
    const { data, contentType, format, width, height, facts } = await this.enlarging.end(begun);
    this.keeping.answering(begun.id, reply);
    if (accept?.startsWith('image/')) await reply.header('content-type', contentType).send(data);
    else
      await reply
        .type('application/json; charset=utf-8')
        .send(Readable.from(answerText(data, { format, width, height, index: 0 }, facts)));
  }

  @Post('stream')
  @HttpCode(200)
  @Needs('job:create')
  @Idempotent({ answers: 'anew' })
  @Describe({
    summary: 'The same, told of in events',
    details: '`progress` as of `/api/generate/stream`, then `complete` or `error`.',
    files: ['text/event-stream'],
    errors: REFUSALS,
  })
  async streamed(
    @Caller() caller: Principal,
    @Body() body: MoldUpscaleDto,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.streams.reserve(caller, reply);
    const begun = await this.enlarging.begin(caller, body, hangUpOf(reply.raw));
    this.keeping.answering(begun.id, reply);
    await this.streams.send(caller, reply, (gone) => this.events(caller, begun, gone));
  }

  private async *events(
    caller: Principal,
    begun: Enlarging,
    gone: AbortSignal,
  ): AsyncGenerator<ServerSentEvent, void> {
    const { id } = begun;
    try {
      yield* this.progress.of({ caller, id, name: id }, gone);
      const { data, format, facts } = await this.enlarging.end(begun);
      yield { event: 'complete', data: { image: data.toString('base64'), format, ...facts } };
    } catch (error) {
      if (!gone.aborted) yield { event: 'error', data: { message: toAppError(error).message } };
    }
  }
}
