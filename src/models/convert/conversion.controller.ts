import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn, Length } from 'class-validator';
import { Caller, Client, Needs, type LoginClient, type Principal } from '../../auth/index.js';
import { Describe, Optional } from '../../common/index.js';
import { EngineError } from '../../engine/index.js';
import { Idempotent } from '../../queue/index.js';
import { MODEL_TYPES, type ModelType } from '../model-type.js';
import { CONVERSION_ERRORS } from '../transfer-errors.js';
import { ModelConversion } from './conversion.service.js';

const LONGEST = 1000;
const LONGEST_RULES = 4000;

/** Seed sdcpp-restapi, "Model Conversion"; models are named as everywhere, paths are understood besides. */
export class ConvertModelDto {
  @ApiProperty({ example: 'sd_xl_base_1.0', maxLength: LONGEST, description: 'Name, id or path.' })
  @Length(1, LONGEST, { message: 'model must be the name of a model' })
  model!: string;

  @ApiProperty({ required: false, enum: MODEL_TYPES, description: 'Which type the name is of.' })
  @Optional()
  @IsIn(MODEL_TYPES, { message: `model_type must be one of ${MODEL_TYPES.join(', ')}` })
  model_type?: ModelType;

  @ApiProperty({
    example: 'q8_0',
    maxLength: 16,
    description: 'Weight type, as the engine has it.',
  })
  @Length(1, 16, { message: 'output_type must be a weight type of the engine' })
  output_type!: string;

  @ApiProperty({
    required: false,
    maxLength: LONGEST,
    description: 'File name or path; without it `<name>.<type>.gguf` beside the model.',
  })
  @Optional()
  @Length(1, LONGEST, { message: 'output must be the name of a file' })
  output?: string;

  @ApiProperty({ required: false, maxLength: LONGEST, description: 'VAE to put into the result.' })
  @Optional()
  @Length(1, LONGEST, { message: 'vae must be the name of a model' })
  vae?: string;

  @ApiProperty({
    required: false,
    maxLength: LONGEST_RULES,
    example: 'attn=q8_0,norm=f16',
    description: 'Weight types by the names of tensors; none larger than `output_type`.',
  })
  @Optional()
  @Length(1, LONGEST_RULES, { message: 'tensor_type_rules must be rules like attn=q8_0' })
  tensor_type_rules?: string;
}

export class ConversionAcceptedDto {
  @ApiProperty()
  message!: string;

  @ApiProperty({ format: 'uuid' })
  job_id!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: '1 is next; null when it has begun.',
  })
  position!: number | null;

  @ApiProperty({ description: 'Where the result will be, below its models folder.' })
  output!: string;
}

export class WeightTypesDto {
  @ApiProperty({ type: [String], example: ['f16', 'q8_0', 'q4_0'] })
  weight_types!: string[];
}

@ApiTags('models')
@Controller('api/models')
export class ConversionController {
  constructor(private readonly conversion: ModelConversion) {}

  @Get('convert')
  @Needs('model:manage')
  @Describe({
    summary: 'The weight types that a model can be converted to',
    reply: WeightTypesDto,
    example: { weight_types: ['f32', 'f16', 'q8_0', 'q5_1', 'q4_0'] },
    errors: [new EngineError('unavailable', 'The image engine could not be started.')],
  })
  async weightTypes(): Promise<WeightTypesDto> {
    return { weight_types: await this.conversion.weightTypes() };
  }

  @Post('convert')
  @HttpCode(202)
  @Needs('model:manage')
  @Idempotent()
  @Describe({
    summary: 'Write a model in another weight type',
    details: 'A job of the queue does it; the result is a model like every other.',
    status: 202,
    reply: ConversionAcceptedDto,
    example: {
      message: 'Conversion queued successfully',
      job_id: '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44',
      position: 1,
      output: 'checkpoints/sd_xl_base_1.0.q8_0.gguf',
    } satisfies ConversionAcceptedDto,
    errors: CONVERSION_ERRORS,
  })
  async convert(
    @Caller() caller: Principal,
    @Client() { address }: LoginClient,
    @Body() body: ConvertModelDto,
  ): Promise<ConversionAcceptedDto> {
    const { model, output, vae } = body;
    const { model_type: modelType, output_type: outputType } = body;
    const {
      jobId,
      position,
      output: shown,
    } = await this.conversion.start(
      caller,
      { model, modelType, outputType, output, vae, tensorTypeRules: body.tensor_type_rules },
      { address },
    );
    return {
      message: 'Conversion queued successfully',
      job_id: jobId,
      position,
      output: shown,
    };
  }
}
