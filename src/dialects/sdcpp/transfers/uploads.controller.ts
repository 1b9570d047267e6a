import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Caller, Client, Needs, type LoginClient, type Principal } from '../../../auth/index.js';
import {
  CONVERSION_ERRORS,
  ModelConversion,
  ModelUploads,
  UPLOAD_ERRORS,
  UPLOAD_FORM,
} from '../../../models/index.js';
import { Idempotent } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { inOurWords } from '../../fields.js';
import { SdcppConversionDto, SdcppConvertDto, SdcppUploadedDto } from './transfers.dto.js';

/** What this API calls the fields of a conversion. */
const CONVERSION_NAMES = { model: 'input_path', output: 'output_path', vae: 'vae_path' };

@ApiTags('models')
@Controller('sdcpp')
export class SdcppUploadsController {
  constructor(
    private readonly uploads: ModelUploads,
    private readonly conversion: ModelConversion,
  ) {}

  @Post('models/upload')
  @HttpCode(201)
  @Needs('model:manage')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: UPLOAD_FORM })
  @Describe({
    summary: 'Upload a model file',
    status: 201,
    reply: SdcppUploadedDto,
    example: {
      success: true,
      filename: 'detail.safetensors',
      model_type: 'lora',
      size_bytes: 151_111_711,
      full_path: '/srv/models/loras/detail.safetensors',
    } satisfies SdcppUploadedDto,
    errors: UPLOAD_ERRORS,
  })
  async upload(
    @Caller() caller: Principal,
    @Client() { address }: LoginClient,
    @Req() request: FastifyRequest,
  ): Promise<SdcppUploadedDto> {
    const model = await this.uploads.receive(caller, request, address);
    return {
      success: true,
      filename: model.filename,
      model_type: model.modelType,
      size_bytes: model.size,
      full_path: model.path,
      ...(model.subfolder === null ? {} : { subfolder: model.subfolder }),
    };
  }

  /** Seed sdcpp-restapi, "Model Conversion". */
  @Post('convert')
  @HttpCode(202)
  @Needs('model:manage')
  @Idempotent()
  @Describe({
    summary: 'Write a model in another weight type',
    details: 'A job of the queue; paths are those of models folders.',
    status: 202,
    reply: SdcppConversionDto,
    example: {
      job_id: '550e8400-e29b-41d4-a716-446655440000',
      status: 'pending',
      position: 1,
      output_path: '/srv/models/checkpoints/model.q8_0.gguf',
    } satisfies SdcppConversionDto,
    errors: CONVERSION_ERRORS,
  })
  async convert(
    @Caller() caller: Principal,
    @Client() { address }: LoginClient,
    @Body() body: SdcppConvertDto,
  ): Promise<SdcppConversionDto> {
    const { title, ...given } = body;
    const wanted = {
      model: given.input_path,
      modelType: given.model_type,
      outputType: given.output_type,
      output: given.output_path,
      vae: given.vae_path,
      tensorTypeRules: given.tensor_type_rules,
    };
    const params = Object.fromEntries(
      Object.entries(body).filter(([, value]) => value !== undefined),
    );
    const started = await inOurWords(CONVERSION_NAMES, () =>
      this.conversion.start(caller, wanted, {
        address,
        origin: { dialect: 'sdcpp', params },
        ...(title && { label: title }),
      }),
    );
    return {
      job_id: started.jobId,
      status: 'pending',
      position: started.position ?? 1,
      output_path: started.outputPath,
    };
  }
}
