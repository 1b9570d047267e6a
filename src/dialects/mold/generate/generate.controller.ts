import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { hangUpOf } from '../../../common/index.js';
import { completed, Idempotent, JobWaiter } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { MoldAnswers } from './answers.js';
import { BODY, REFUSALS } from './describe.js';
import { MoldDrawing } from './drawing.service.js';
import { MoldKeeping } from './keeping.js';
import { MoldRequests } from './request.js';
import { MoldStream } from './stream.js';

const FIELDS =
  'Only `prompt` is required. A field that is not known is ignored. A client that hangs up cancels its job.';

/** Seed mold-server-api, "/api/generate" and "/api/generate/stream". */
@ApiTags('generate')
@Controller('mold/api/generate')
export class MoldGenerateController {
  constructor(
    private readonly requests: MoldRequests,
    private readonly drawing: MoldDrawing,
    private readonly answers: MoldAnswers,
    private readonly keeping: MoldKeeping,
    private readonly stream: MoldStream,
    private readonly waiter: JobWaiter,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('job:create')
  @Idempotent({ answers: 'anew' })
  @ApiBody(BODY)
  @Describe({
    summary: 'A picture of a text, or a video',
    details: `Answers with its bytes; of a batch with those of the first. \`x-mold-seed-used\` is its seed. ${FIELDS}`,
    files: ['image/png', 'image/jpeg', 'image/webp', 'video/mp4'],
    errors: REFUSALS,
  })
  async generate(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const gone = hangUpOf(reply.raw);
    const request = await this.requests.read(caller, body, gone);
    const id = await this.drawing.submit(caller, request);
    const job = completed(await this.waiter.finished(caller, id, gone));
    this.keeping.answering(id, reply);
    const { headers, data } = await this.answers.raw(job, request.withRecipe);
    await reply.headers(headers).send(data);
  }

  @Post('stream')
  @HttpCode(200)
  @Needs('job:create')
  @Idempotent({ answers: 'anew' })
  @ApiBody(BODY)
  @Describe({
    summary: 'The same, told of in events',
    details: `\`progress\` (\`queued\`, \`stage_start\`, \`denoise_step\`, \`stage_done\`, \`preview\`, \`info\`), then \`complete\` or \`error\`. ${FIELDS}`,
    files: ['text/event-stream'],
    errors: REFUSALS,
  })
  async streamed(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const request = await this.requests.read(caller, body, hangUpOf(reply.raw));
    await this.stream.send(caller, request, reply);
  }
}
