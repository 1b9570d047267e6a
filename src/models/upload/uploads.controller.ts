import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Caller, Client, Needs, type LoginClient, type Principal } from '../../auth/index.js';
import { Describe } from '../../common/index.js';
import { MODEL_TYPES, type ModelType } from '../model-type.js';
import { UPLOAD_ERRORS } from '../transfer-errors.js';
import { ModelUploads } from './uploads.service.js';

export class UploadedModelDto {
  @ApiProperty()
  message!: string;

  @ApiProperty()
  filename!: string;

  @ApiProperty({ enum: MODEL_TYPES })
  model_type!: ModelType;

  @ApiProperty({ type: 'string', nullable: true })
  subfolder!: string | null;

  @ApiProperty({ description: 'Below its models folder.' })
  path!: string;

  @ApiProperty({ type: 'integer', description: 'Bytes.' })
  size!: number;

  @ApiProperty()
  sha256!: string;
}

/** What an upload is, for the description of every API that takes one. */
export const UPLOAD_FORM = {
  type: 'object',
  required: ['file', 'model_type'],
  properties: {
    file: { type: 'string', format: 'binary' },
    model_type: { type: 'string', enum: [...MODEL_TYPES] },
    subfolder: { type: 'string', description: 'Folder below the one of the type.' },
  },
};

/** Uploads of model files, as the web UI of sdcpp-restapi makes them. */
@ApiTags('models')
@Controller('api/models')
export class UploadsController {
  constructor(private readonly uploads: ModelUploads) {}

  @Post('upload')
  @HttpCode(201)
  @Needs('model:manage')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: UPLOAD_FORM })
  @Describe({
    summary: 'Upload a model file',
    details:
      'Written to the disk as it comes; kept when all of it is there and its header is good.',
    status: 201,
    reply: UploadedModelDto,
    example: {
      message: 'Model uploaded successfully',
      filename: 'detail.safetensors',
      model_type: 'lora',
      subfolder: null,
      path: 'loras/detail.safetensors',
      size: 151_111_711,
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    } satisfies UploadedModelDto,
    errors: UPLOAD_ERRORS,
  })
  async upload(
    @Caller() caller: Principal,
    @Client() { address }: LoginClient,
    @Req() request: FastifyRequest,
  ): Promise<UploadedModelDto> {
    const model = await this.uploads.receive(caller, request, address);
    const { filename, subfolder, size, sha256 } = model;
    return {
      message: 'Model uploaded successfully',
      filename,
      model_type: model.modelType,
      subfolder,
      path: model.shownPath,
      size,
      sha256,
    };
  }
}
