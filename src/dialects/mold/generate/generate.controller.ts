import { Body, Controller, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { LargeBody } from '../../../bodies/index.js';
import { hangUpOf } from '../../../common/index.js';
import { completed, Idempotent } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { BATCH_STATUS, EXAMPLE_BATCH } from '../batches/batch-status.js';
import { MoldAnswers } from './answers.js';
import { BODY, REFUSALS } from './describe.js';
import { MoldKeeping } from './keeping.js';
import { MoldStart } from './start.service.js';
import { MoldStream } from './stream.js';

const FIELDS =
  'Only `prompt` is required. A field that is not known is ignored. A client that hangs up cancels its job.';

const REPLAY = { schema: BATCH_STATUS, example: EXAMPLE_BATCH };

const CLIENT_ID = {
  name: 'X-Mold-Client-Batch-Id',
  required: false,
  schema: { type: 'string' as const, format: 'uuid' },
  description:
    'What the request is called by its client. Sent again under the same id, it is answered with how its batch is; its job goes on though the client hangs up.',
};

/** Seed mold-server-api, "/api/generate" and "/api/generate/stream". */
@ApiTags('generate')
@LargeBody()
@Controller('mold/api/generate')
export class MoldGenerateController {
  constructor(
    private readonly start: MoldStart,
    private readonly answers: MoldAnswers,
    private readonly keeping: MoldKeeping,
    private readonly stream: MoldStream,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('job:create')
  @Idempotent({ answers: 'anew' })
  @ApiBody(BODY)
  @ApiHeader(CLIENT_ID)
  @Describe({
    summary: 'A picture of a text, or a video',
    details: `Answers with its bytes; of a batch with those of the first. \`x-mold-seed-used\` is its seed. ${FIELDS}`,
    files: ['image/png', 'image/jpeg', 'image/webp', 'video/mp4'],
    json: REPLAY,
    errors: REFUSALS,
  })
  async generate(
    @Caller() caller: Principal,
    @Headers('x-mold-client-batch-id') clientBatchId: string | undefined,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const gone = hangUpOf(reply.raw);
    const started = await this.start.begin(caller, { body, clientBatchId, gone });
    if ('children' in started) {
      await reply.send(started);
      return;
    }
    const job = completed(await started.ended);
    this.keeping.answering(started.id, reply);
    const { headers, data } = await this.answers.raw(job, started.request.withRecipe);
    await reply.headers(headers).send(data);
  }

  @Post('stream')
  @HttpCode(200)
  @Needs('job:create')
  @Idempotent({ answers: 'anew' })
  @ApiBody(BODY)
  @ApiHeader(CLIENT_ID)
  @Describe({
    summary: 'The same, told of in events',
    details: `\`progress\` (\`queued\`, \`stage_start\`, \`denoise_step\`, \`stage_done\`, \`preview\`, \`info\`), then \`complete\` or \`error\`. ${FIELDS}`,
    files: ['text/event-stream'],
    json: REPLAY,
    errors: REFUSALS,
  })
  async streamed(
    @Caller() caller: Principal,
    @Headers('x-mold-client-batch-id') clientBatchId: string | undefined,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const gone = hangUpOf(reply.raw);
    await this.stream.send(caller, { body, clientBatchId, gone }, reply);
  }
}
