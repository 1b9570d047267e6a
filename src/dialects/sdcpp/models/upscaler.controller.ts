import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { Departure } from '../../../common/index.js';
import { EngineError } from '../../../engine/index.js';
import { ChoiceLoadingError, ModelChoices, UpscalerFactors } from '../../../generate/index.js';
import { ModelNotFoundError } from '../../../models/index.js';
import { SUBMISSION_ERRORS } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { SdcppDoneDto } from '../sign-in/sign-in.dto.js';
import { ENLARGING } from './choice.js';
import { fieldsSchema, SdcppUpscalerReplyDto } from './load.dto.js';
import { LoadTimeoutError, SdcppLoading, UPSCALER_FIELDS } from './loading.js';

const NAME = 'RealESRGAN_x4plus.pth';

const SCHEMA = {
  type: 'object',
  required: ['model_name'],
  additionalProperties: false,
  properties: {
    model_name: { type: 'string', maxLength: 1000 },
    ...fieldsSchema(UPSCALER_FIELDS),
  },
};

/** The upscaler that the caller enlarges with (seed sdcpp-restapi, "Upscaler Management"). */
@ApiTags('models')
@Controller('sdcpp/upscaler')
export class SdcppUpscalerController {
  constructor(
    private readonly loading: SdcppLoading,
    private readonly choices: ModelChoices,
    private readonly factors: UpscalerFactors,
  ) {}

  @Post('load')
  @HttpCode(200)
  @Needs('job:create')
  @ApiBody({
    schema: SCHEMA as object,
    examples: { esrgan: { value: { model_name: NAME, n_threads: -1, tile_size: 128 } } },
  })
  @Describe({
    summary: 'Load an upscaler for the caller',
    details: 'As a model is loaded: in its turn, and for the caller alone.',
    reply: SdcppUpscalerReplyDto,
    example: {
      success: true,
      message: 'Upscaler loaded successfully',
      model_name: NAME,
      upscale_factor: 4,
    },
    errors: [
      new ModelNotFoundError('no.pth', [NAME]),
      new ChoiceLoadingError(NAME),
      EngineError.loadFailed(NAME, 'the file is damaged'),
      new LoadTimeoutError(NAME),
      ...SUBMISSION_ERRORS,
    ],
  })
  async load(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Departure() signal: AbortSignal,
  ): Promise<SdcppUpscalerReplyDto> {
    const started = await this.loading.upscaler(caller, body);
    await this.loading.waitFor(caller, started, { timeout: undefined, signal });
    const { model } = await this.choices.of(caller, ENLARGING);
    return {
      success: true,
      message: 'Upscaler loaded successfully',
      model_name: started.name,
      upscale_factor: (model && this.factors.of(model)) ?? 1,
    };
  }

  @Post('unload')
  @HttpCode(200)
  @Needs('job:create')
  @Describe({
    summary: 'Enlarge with no upscaler any more',
    reply: SdcppDoneDto,
    example: { success: true, message: 'Upscaler unloaded' },
  })
  async unload(@Caller() caller: Principal): Promise<SdcppDoneDto> {
    await this.choices.clear(caller, ENLARGING);
    return { success: true, message: 'Upscaler unloaded' };
  }
}
