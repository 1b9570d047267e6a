import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { hangUpOf, InvalidParametersError } from '../../../common/index.js';
import { Idempotent, JobWaiter } from '../../../queue/index.js';
import { isObject } from '../../fields.js';
import { Describe } from '../errors.js';
import { OpenaiAnswers } from './answers.js';
import { ANSWER, GENERATION_BODY, GENERATION_EXAMPLES, REFUSALS } from './describe.js';
import { GENERATION_FIELDS } from './fields.js';
import { completed, OpenaiImages } from './images.service.js';
import { readRequest } from './request.js';

/** OpenAI's "Images", with mistral.rs' fields (seed mistralrs-images). */
@ApiTags('images')
@Controller('v1/images')
export class OpenaiImagesController {
  constructor(
    private readonly images: OpenaiImages,
    private readonly answers: OpenaiAnswers,
    private readonly waiter: JobWaiter,
  ) {}

  @Post('generations')
  @HttpCode(200)
  @Needs('job:create')
  @Idempotent({ answers: 'anew' })
  @ApiBody({ schema: GENERATION_BODY, examples: GENERATION_EXAMPLES })
  @Describe({ summary: 'Pictures of a text', ...ANSWER, errors: REFUSALS })
  async generations(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!isObject(body)) throw new InvalidParametersError('The body must be a JSON object.');
    const wanted = readRequest(GENERATION_FIELDS, body);
    const id = await this.images.submit(caller, 'text2img', wanted);
    const job = completed(await this.waiter.finished(caller, id, hangUpOf(reply.raw)));
    await reply.send(await this.answers.answer(caller, job, wanted, request));
  }
}
