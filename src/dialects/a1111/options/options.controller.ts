import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { InvalidParametersError } from '../../../common/index.js';
import { ModelNotFoundError } from '../../../models/index.js';
import { isObject } from '../../fields.js';
import { Describe } from '../errors.js';
import { object } from '../lists/schemas.js';
import { A1111Options, SAMPLES_FORMATS, type OptionsView } from './options.service.js';

const EXAMPLE: OptionsView = {
  sd_model_checkpoint: 'v1-5-pruned-emaonly.safetensors [cc6cb27103]',
  sd_checkpoint_hash: 'cc6cb27103417325ff94f52b7a5d2dde45a7515b25c255d8e396c90014281516',
  CLIP_stop_at_last_layers: 1,
  sd_vae: 'Automatic',
  samples_format: 'png',
  jpeg_quality: 80,
};

const TEXT_OR_NULL = { type: ['string', 'null'] };

const PROPERTIES = {
  sd_model_checkpoint: TEXT_OR_NULL,
  sd_checkpoint_hash: TEXT_OR_NULL,
  CLIP_stop_at_last_layers: { type: 'integer', minimum: 1, maximum: 12 },
  sd_vae: { type: 'string' },
  samples_format: { type: 'string', enum: SAMPLES_FORMATS },
  jpeg_quality: { type: 'integer', minimum: 1, maximum: 100 },
};

/** What each user works with. */
@ApiTags('options')
@Controller('sdapi/v1/options')
export class A1111OptionsController {
  constructor(private readonly options: A1111Options) {}

  @Get()
  @Needs('model:read')
  @Describe({
    summary: "The caller's options",
    details:
      '`sd_model_checkpoint` is what the caller chose, else the default model of the server.',
    schema: object(PROPERTIES),
    example: EXAMPLE,
  })
  view(@Caller() caller: Principal): Promise<OptionsView> {
    return this.options.view(caller);
  }

  @Post()
  @HttpCode(200)
  @Needs('job:create')
  @ApiBody({ schema: { type: 'object', properties: PROPERTIES } as object })
  @Describe({
    summary: "Change the caller's options",
    details:
      'What is not given stays as it is, and options that are not known here are ignored. No other user is concerned.',
    schema: object({}),
    example: {},
    errors: [new ModelNotFoundError('no-such-model', ['tiny-emoji'])],
  })
  async change(@Caller() caller: Principal, @Body() body: unknown): Promise<object> {
    if (!isObject(body)) throw new InvalidParametersError('The body must be a JSON object.');
    await this.options.change(caller, body);
    return {};
  }
}
