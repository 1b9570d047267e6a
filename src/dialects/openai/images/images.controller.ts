import {
  applyDecorators,
  Body,
  Controller,
  HttpCode,
  Post,
  Req,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { LargeBody } from '../../../bodies/index.js';
import { hangUpOf, InvalidParametersError } from '../../../common/index.js';
import { completed, Idempotent, JobWaiter } from '../../../queue/index.js';
import { isObject } from '../../fields.js';
import { Describe } from '../errors.js';
import { OpenaiAnswers } from './answers.js';
import {
  ANSWER,
  EDIT_BODY,
  GENERATION_BODY,
  GENERATION_EXAMPLES,
  REFUSALS,
  VARIATION_BODY,
} from './describe.js';
import { OpenaiEdits, type PreparedEdit } from './edits.js';
import { GENERATION_FIELDS } from './fields.js';
import { PictureFormBody, type PictureForm } from './form.js';
import { OpenaiImages } from './images.service.js';
import { readRequest } from './request.js';
import { OpenaiStream, type EventFamily } from './stream.js';

/** What every route that makes pictures declares; each try is answered by itself, of one and the same job. */
function Makes(path: string, summary: string): MethodDecorator {
  return applyDecorators(
    Post(path),
    HttpCode(200),
    Needs('job:create'),
    Idempotent({ answers: 'anew' }),
    Describe({ summary, ...ANSWER, errors: REFUSALS }),
  );
}

/** The same with pictures in the request; its form is read before anybody compares the request with others. */
function MakesOfPictures(path: string, summary: string, schema: object): MethodDecorator {
  return applyDecorators(
    UseInterceptors(PictureFormBody),
    ApiConsumes('multipart/form-data'),
    ApiBody({ schema }),
    Makes(path, summary),
  );
}

/** Where an answer goes. */
interface Exchange {
  caller: Principal;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** OpenAI's "Images", with mistral.rs' fields (seed mistralrs-images). */
@ApiTags('images')
@LargeBody()
@Controller('v1/images')
export class OpenaiImagesController {
  constructor(
    private readonly images: OpenaiImages,
    private readonly edits: OpenaiEdits,
    private readonly answers: OpenaiAnswers,
    private readonly stream: OpenaiStream,
    private readonly waiter: JobWaiter,
  ) {}

  @Makes('generations', 'Pictures of a text')
  @ApiBody({ schema: GENERATION_BODY, examples: GENERATION_EXAMPLES })
  async generations(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!isObject(body)) throw new InvalidParametersError('The body must be a JSON object.');
    const wanted = { kind: 'text2img', request: readRequest(GENERATION_FIELDS, body) } as const;
    await this.answer(wanted, 'image_generation', { caller, request, reply });
  }

  @MakesOfPictures('edits', 'A picture made anew, or a part of it', EDIT_BODY)
  async edit(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted = await this.edits.edit(caller, request.body as PictureForm);
    await this.answer(wanted, 'image_edit', { caller, request, reply });
  }

  @MakesOfPictures('variations', 'Pictures like another picture', VARIATION_BODY)
  async variation(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted = await this.edits.variation(request.body as PictureForm);
    await this.answer(wanted, 'image_edit', { caller, request, reply });
  }

  private async answer(
    { kind, request: wanted }: PreparedEdit,
    family: EventFamily,
    { caller, request, reply }: Exchange,
  ): Promise<void> {
    const submit = (): Promise<string> => this.images.submit(caller, kind, wanted);
    if (wanted.stream) return this.stream.send(caller, { request: wanted, family }, submit, reply);
    const gone = hangUpOf(reply.raw);
    const job = completed(await this.waiter.finished(caller, await submit(), gone));
    await reply.send(await this.answers.answer(caller, job, wanted, request));
  }
}
