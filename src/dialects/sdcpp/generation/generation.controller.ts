import { applyDecorators, Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { LargeBody } from '../../../bodies/index.js';
import { NothingChosenError } from '../../../generate/index.js';
import { Idempotent, SUBMISSION_ERRORS } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { fieldsSchema } from '../models/load.dto.js';
import { GENERATION_FIELDS, type GenerationType } from './fields.js';
import { SdcppGeneration, type Accepted } from './generation.service.js';

const A_PICTURE = 'iVBORw0KGgo…';

const EXAMPLES: Readonly<Record<GenerationType, object>> = {
  txt2img: { prompt: 'a lovely cat', width: 512, height: 512, steps: 20, cfg_scale: 7 },
  img2img: { prompt: 'watercolor painting style', init_image_base64: A_PICTURE, strength: 0.75 },
  txt2vid: { prompt: 'a cat walking through a garden', video_frames: 33, flow_shift: 3 },
  upscale: { image_base64: A_PICTURE, upscale_factor: 4, tile_size: 128, repeats: 1 },
};

const REQUIRED: Readonly<Record<GenerationType, string[]>> = {
  txt2img: ['prompt'],
  img2img: ['prompt', 'init_image_base64'],
  txt2vid: ['prompt'],
  upscale: ['image_base64'],
};

const ID = { type: 'string', format: 'uuid' };
const STATUS = { type: 'string', enum: ['pending'] };
const COUNT = { type: 'integer', minimum: 1 };

const ACCEPTED = {
  oneOf: [
    {
      type: 'object',
      required: ['job_id', 'status', 'position'],
      additionalProperties: false,
      properties: { job_id: ID, status: STATUS, position: COUNT },
    },
    {
      type: 'object',
      description: 'Of a prompt with several variants, with `expand_prompt`.',
      required: ['group_id', 'variation_count', 'job_ids', 'status', 'position'],
      additionalProperties: false,
      properties: {
        group_id: ID,
        variation_count: COUNT,
        job_ids: { type: 'array', items: ID },
        status: STATUS,
        position: COUNT,
      },
    },
  ],
};

/** What every route that accepts a generation declares. */
function Accepts(type: GenerationType, summary: string): MethodDecorator {
  const schema = {
    type: 'object',
    required: REQUIRED[type],
    additionalProperties: false,
    properties: fieldsSchema(GENERATION_FIELDS[type]),
  };
  return applyDecorators(
    Post(type),
    HttpCode(202),
    Needs('job:create'),
    Idempotent(),
    ApiBody({ schema: schema as object, examples: { [type]: { value: EXAMPLES[type] } } }),
    Describe({
      summary,
      details:
        'Numbers may be given as texts. A field that this engine cannot serve is refused by its name, unless it holds what asks for nothing.',
      status: 202,
      schema: ACCEPTED as object,
      example: {
        job_id: '550e8400-e29b-41d4-a716-446655440000',
        status: 'pending',
        position: 1,
      },
      errors: [
        new NothingChosenError(type === 'upscale' ? 'enlarging' : 'drawing'),
        ...SUBMISSION_ERRORS,
      ],
    }),
  );
}

/** Seed sdcpp-restapi, "Image Generation": with the model that the caller has loaded. */
@ApiTags('generation')
@LargeBody()
@Controller('sdcpp')
export class SdcppGenerationController {
  constructor(private readonly generation: SdcppGeneration) {}

  @Accepts('txt2img', 'Pictures of a text')
  txt2img(@Caller() caller: Principal, @Body() body: unknown): Promise<Accepted> {
    return this.generation.submit(caller, 'txt2img', body);
  }

  @Accepts('img2img', 'Pictures that begin from another picture')
  img2img(@Caller() caller: Principal, @Body() body: unknown): Promise<Accepted> {
    return this.generation.submit(caller, 'img2img', body);
  }

  @Accepts('txt2vid', 'A video of a text')
  txt2vid(@Caller() caller: Principal, @Body() body: unknown): Promise<Accepted> {
    return this.generation.submit(caller, 'txt2vid', body);
  }

  @Accepts('upscale', 'A picture enlarged')
  upscale(@Caller() caller: Principal, @Body() body: unknown): Promise<Accepted> {
    return this.generation.submit(caller, 'upscale', body);
  }
}
