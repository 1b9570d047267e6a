import { Body, Controller, Get, HttpCode, HttpStatus, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { ConflictError, Departure } from '../../../common/index.js';
import { EngineError } from '../../../engine/index.js';
import { ChoiceLoadingError, ModelChoices } from '../../../generate/index.js';
import { ModelNotFoundError } from '../../../models/index.js';
import { SUBMISSION_ERRORS } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { SdcppDoneDto } from '../sign-in/sign-in.dto.js';
import { DRAWING, SdcppLoaded } from './choice.js';
import {
  LOAD_EXAMPLE,
  LOAD_SCHEMA,
  SdcppControlNetDto,
  SdcppControlNetStatusDto,
  SdcppLoadQuery,
  SdcppLoadReplyDto,
} from './load.dto.js';
import { LoadTimeoutError, SdcppLoading } from './loading.js';

const REPLY = {
  success: true,
  status: 'loaded',
  message: 'Model loaded successfully',
  model_name: 'flux1-dev-Q4_K_S.gguf',
  model_type: 'diffusion',
  architecture: 'Flux',
  loaded_components: { vae: 'ae.safetensors', clip_l: 'clip_l.safetensors', controlnet: null },
  job_id: '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44',
};

const LOADING = {
  success: true,
  status: 'loading',
  message: 'Model is being loaded',
  model_name: REPLY.model_name,
  model_type: REPLY.model_type,
  job_id: REPLY.job_id,
};

const LOAD_ERRORS = [
  new ModelNotFoundError('sd_xl', ['sd_xl_base_1.0.safetensors']),
  new ChoiceLoadingError('flux1-dev-Q4_K_S.gguf'),
  EngineError.loadFailed('flux1-dev-Q4_K_S.gguf', 'the file is damaged'),
  new LoadTimeoutError('flux1-dev-Q4_K_S.gguf'),
  ...SUBMISSION_ERRORS,
];

/** The model that the caller draws with; nobody else's jobs change with it (seed sdcpp-restapi, "Load Model"). */
@ApiTags('models')
@Controller('sdcpp')
export class SdcppLoadController {
  constructor(
    private readonly loading: SdcppLoading,
    private readonly loaded: SdcppLoaded,
    private readonly choices: ModelChoices,
  ) {}

  @Post('models/load')
  @HttpCode(200)
  @Needs('job:create')
  @ApiBody({ schema: LOAD_SCHEMA as object, examples: { flux: { value: LOAD_EXAMPLE } } })
  @ApiResponse({
    status: 202,
    description: 'With `wait=false`: it is going to be loaded.',
    type: SdcppLoadReplyDto,
    example: LOADING,
  })
  @Describe({
    summary: 'Load a model for the caller',
    details:
      'Loading waits its turn in the queue, and the answer waits for it, unless `wait=false`. From now on the caller draws with this model; what others have loaded stays as it is.',
    reply: SdcppLoadReplyDto,
    example: REPLY,
    errors: LOAD_ERRORS,
  })
  async load(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Query() { wait, timeout }: SdcppLoadQuery,
    @Departure() signal: AbortSignal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SdcppLoadReplyDto> {
    const started = await this.loading.model(caller, body);
    const { jobId: job_id, name: model_name, type: model_type } = started;
    const common = { success: true, model_name, model_type, job_id } as const;
    if (wait === false) {
      void reply.status(HttpStatus.ACCEPTED);
      return { ...common, status: 'loading', message: 'Model is being loaded' };
    }
    await this.loading.waitFor(caller, started, { timeout, signal });
    const { model_architecture: architecture, loaded_components } = await this.loaded.model(caller);
    const message = 'Model loaded successfully';
    return { ...common, status: 'loaded', message, architecture, loaded_components };
  }

  @Post('models/unload')
  @HttpCode(200)
  @Needs('job:create')
  @Describe({
    summary: 'Draw with no model any more',
    details:
      'What is in memory is for the server to decide: it makes room when there is need. Where a model is being loaded for the caller, that ends.',
    reply: SdcppDoneDto,
    example: { success: true, message: 'Model unloaded' },
  })
  async unload(@Caller() caller: Principal): Promise<SdcppDoneDto> {
    await this.choices.clear(caller, DRAWING);
    return { success: true, message: 'Model unloaded' };
  }

  @Post('controlnet/load')
  @HttpCode(200)
  @Needs('job:create')
  @Describe({
    summary: 'Load the same model again with a ControlNet',
    reply: SdcppDoneDto,
    example: { success: true, message: 'ControlNet loaded' },
    errors: [...LOAD_ERRORS, new ConflictError('No model loaded', 'NO_MODEL_LOADED')],
  })
  async loadControlNet(
    @Caller() caller: Principal,
    @Body() { controlnet }: SdcppControlNetDto,
    @Departure() signal: AbortSignal,
  ): Promise<SdcppDoneDto> {
    const started = await this.loading.controlNet(caller, controlnet);
    await this.loading.waitFor(caller, started, { timeout: undefined, signal });
    return { success: true, message: 'ControlNet loaded' };
  }

  @Post('controlnet/unload')
  @HttpCode(200)
  @Needs('job:create')
  @Describe({
    summary: 'Load the same model again without a ControlNet',
    reply: SdcppDoneDto,
    example: { success: true, message: 'ControlNet unloaded' },
    errors: [...LOAD_ERRORS, new ConflictError('No model loaded', 'NO_MODEL_LOADED')],
  })
  async unloadControlNet(
    @Caller() caller: Principal,
    @Departure() signal: AbortSignal,
  ): Promise<SdcppDoneDto> {
    const started = await this.loading.controlNet(caller, null);
    await this.loading.waitFor(caller, started, { timeout: undefined, signal });
    return { success: true, message: 'ControlNet unloaded' };
  }

  @Get('controlnet/status')
  @Needs('model:read')
  @Describe({
    summary: 'The ControlNet that is loaded with the caller’s model',
    reply: SdcppControlNetStatusDto,
    example: { loaded: true, name: 'control_v11p_sd15_canny.safetensors' },
  })
  async controlNet(@Caller() caller: Principal): Promise<SdcppControlNetStatusDto> {
    const { loaded_components: components } = await this.loaded.model(caller);
    const name = components['controlnet'] ?? null;
    return { loaded: name !== null, name };
  }
}
