import { applyDecorators, Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { LargeBody } from '../../../bodies/index.js';
import { AppError, hangUpOf, InvalidParametersError } from '../../../common/index.js';
import {
  checkImage,
  IMAGE_WORK_ERRORS,
  ImageWork,
  pictureBytes,
  readPictureTexts,
} from '../../../files/index.js';
import { ModelNotFoundError } from '../../../models/index.js';
import { Idempotent, JobFailedError, SUBMISSION_ERRORS } from '../../../queue/index.js';
import { isObject } from '../../fields.js';
import { refusal } from '../drawing/refusals.js';
import { Describe } from '../errors.js';
import { list, object } from '../lists/schemas.js';
import { A1111Enlarging } from './enlarging.js';
import { parseInfotext } from './parse-infotext.js';

const TEXT = { type: 'string' };
const TEXTS = { type: 'object', additionalProperties: TEXT };
const MOST_PICTURES = 32;

/** 422: nothing here describes pictures. */
class NoInterrogatorError extends AppError {
  constructor() {
    super('NO_INTERROGATOR', 422, 'There is no model here that describes pictures.');
  }
}

function bodyOf(body: unknown): Record<string, unknown> {
  if (isObject(body)) return body;
  throw new InvalidParametersError('The body must be a JSON object.');
}

/** Declares what enlarges. */
function Enlarges(path: string, summary: string, answer: object, example: object) {
  return applyDecorators(
    Post(path),
    HttpCode(200),
    Needs('job:create'),
    Idempotent({ answers: 'anew' }),
    ApiBody({
      schema: {
        type: 'object',
        properties: {
          upscaler_1: { ...TEXT, description: 'None, Lanczos, Nearest or an upscaling model.' },
          upscaling_resize: { type: 'number', description: 'How many times larger.' },
          resize_mode: { type: 'integer', description: '1: to a size instead.' },
          upscaling_resize_w: { type: 'integer', description: 'Pixels.' },
          upscaling_resize_h: { type: 'integer', description: 'Pixels.' },
          upscaling_crop: { type: 'boolean', description: 'Crop rather than stretch.' },
        },
      } as object,
    }),
    Describe({
      summary,
      details: 'With a model it is a job; the others enlarge at once.',
      schema: answer,
      example,
      errors: [
        refusal('upscaling_resize', 'must be from 1 to 8'),
        new ModelNotFoundError('no-such-upscaler', [], 'esrgan'),
        new JobFailedError({ code: 'GENERATION_FAILED', message: 'The image engine failed.' }),
        ...SUBMISSION_ERRORS,
      ],
    }),
  );
}

const HTML_INFO = { ...TEXT, description: 'Empty.' };

/** What is done with pictures that are there already. */
@ApiTags('extras')
@LargeBody()
@Controller('sdapi/v1')
export class A1111ExtrasController {
  constructor(
    private readonly enlarging: A1111Enlarging,
    private readonly work: ImageWork,
  ) {}

  @Enlarges(
    'extra-single-image',
    'A picture enlarged',
    object({ image: TEXT, html_info: HTML_INFO }),
    {
      image: 'iVBORw0KGgo…',
      html_info: '',
    },
  )
  async single(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const gone = hangUpOf(reply.raw);
    const image = await this.enlarging.enlarge(caller, bodyOf(body), 'image', gone);
    return { image, html_info: '' };
  }

  @Enlarges(
    'extra-batch-images',
    'Pictures enlarged, one after the other',
    object({ images: list(TEXT), html_info: HTML_INFO }),
    { images: ['iVBORw0KGgo…'], html_info: '' },
  )
  async batch(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { imageList: given, ...how } = bodyOf(body);
    if (!Array.isArray(given) || given.length > MOST_PICTURES)
      throw refusal('imageList', `must be a list of at most ${MOST_PICTURES} pictures`);
    const gone = hangUpOf(reply.raw);
    const images: string[] = [];
    for (const entry of given as unknown[]) {
      const imageList = isObject(entry) ? entry['data'] : entry;
      images.push(await this.enlarging.enlarge(caller, { ...how, imageList }, 'imageList', gone));
    }
    return { images, html_info: '' };
  }

  @Post('png-info')
  @HttpCode(200)
  @Needs('job:create')
  @ApiBody({ schema: { type: 'object', required: ['image'], properties: { image: TEXT } } })
  @Describe({
    summary: 'The recipe in a picture',
    schema: object({ info: TEXT, items: TEXTS, parameters: TEXTS }),
    example: {
      info: 'a cat\nSteps: 20, Seed: 42',
      items: { parameters: 'a cat\nSteps: 20, Seed: 42' },
      parameters: { Prompt: 'a cat', 'Negative prompt': '', Steps: '20', Seed: '42' },
    },
    errors: [refusal('image', 'must be a picture in base64'), ...IMAGE_WORK_ERRORS],
  })
  async info(@Caller() caller: Principal, @Body() body: unknown) {
    const { image } = bodyOf(body);
    if (typeof image !== 'string') throw refusal('image', 'must be a picture in base64');
    const items = await this.work.run(caller.userId, async () => {
      const bytes = pictureBytes(image, 'image');
      await checkImage(bytes, 'image');
      return readPictureTexts(bytes);
    });
    const { parameters: info = '' } = items;
    return { info, items, parameters: parseInfotext(info) };
  }

  @Post('interrogate')
  @HttpCode(200)
  @Needs('job:create')
  @Describe({
    summary: 'Refused: nothing here describes pictures',
    schema: object({ caption: TEXT }),
    example: { caption: '' },
    errors: [new NoInterrogatorError()],
  })
  interrogate(): never {
    throw new NoInterrogatorError();
  }
}
