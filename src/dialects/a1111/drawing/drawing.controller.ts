import { applyDecorators, Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { LargeBody } from '../../../bodies/index.js';
import { hangUpOf } from '../../../common/index.js';
import { OPTIONS } from '../../../generate/index.js';
import { ModelNotFoundError } from '../../../models/index.js';
import { Idempotent, JobFailedError, SUBMISSION_ERRORS } from '../../../queue/index.js';
import type { Fields } from '../../fields.js';
import { Describe } from '../errors.js';
import { list, object } from '../lists/schemas.js';
import type { Drawn } from './answer.js';
import { A1111Drawing } from './drawing.service.js';
import { IMG2IMG, TXT2IMG_DESCRIBED } from './fields.js';
import { refusal, SamplerNotFoundError, ScriptNotFoundError } from './refusals.js';

const TEXT = { type: 'string' };

const ANSWER = object({
  images: list({ ...TEXT, description: 'A picture in base64.' }),
  parameters: { type: 'object', description: 'The request, without pictures.' },
  info: { ...TEXT, description: 'The recipe as JSON.' },
});

const EXAMPLE = {
  images: ['iVBORw0KGgo…'],
  parameters: { prompt: 'a lovely cat', steps: 20 },
  info: '{"prompt":"a lovely cat","seed":42,"all_seeds":[42]}',
};

function propertiesOf(fields: Fields): Record<string, object> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { label, doc, refused, to = '' }]) => {
      const why = refused && `Only with the value that asks for nothing: ${refused}.`;
      return [name, { title: label, description: doc ?? why ?? OPTIONS[to]?.doc ?? label }];
    }),
  );
}

/** What every route that draws declares. */
function Draws(route: string, summary: string, fields: Fields): MethodDecorator {
  return applyDecorators(
    Post(route),
    HttpCode(200),
    Needs('job:create'),
    Idempotent({ answers: 'anew' }),
    ApiBody({
      schema: { type: 'object', properties: propertiesOf(fields) } as object,
      examples: { [route]: { value: { prompt: 'a lovely cat', steps: 20 } } },
    }),
    Describe({
      summary,
      details:
        'Answers when the pictures are there; a client that hangs up before cancels its job. A field that is not known is ignored; one that this engine cannot serve is refused, unless its value asks for nothing.',
      schema: ANSWER,
      example: EXAMPLE,
      errors: [
        new SamplerNotFoundError('PLMS'),
        new ScriptNotFoundError('ADetailer'),
        new ModelNotFoundError('no-such-model', ['tiny-emoji']),
        refusal('styles', 'cannot be used: there are no styles here'),
        new JobFailedError({ code: 'GENERATION_FAILED', message: 'The image engine failed.' }),
        ...SUBMISSION_ERRORS,
      ],
    }),
  );
}

/** Pictures for clients that wait for them. */
@ApiTags('drawing')
@LargeBody()
@Controller('sdapi/v1')
export class A1111DrawingController {
  constructor(private readonly drawing: A1111Drawing) {}

  @Draws('txt2img', 'Pictures of a text', TXT2IMG_DESCRIBED)
  txt2img(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Drawn> {
    return this.drawing.draw(caller, 'txt2img', body, hangUpOf(reply.raw));
  }

  @Draws('img2img', 'Pictures that begin from another picture', IMG2IMG)
  img2img(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Drawn> {
    return this.drawing.draw(caller, 'img2img', body, hangUpOf(reply.raw));
  }
}
