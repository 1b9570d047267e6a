import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Caller, Needs, type Principal } from '../auth/index.js';
import { Describe } from '../common/index.js';
import { ModelNotFoundError } from '../models/index.js';
import { Idempotent, SUBMISSION_ERRORS } from '../queue/index.js';
import { GenerateService } from './generate.service.js';
import { EXAMPLE_REQUEST, optionsSchema } from './options-schema.js';

export class AcceptedDto {
  @ApiProperty({ format: 'uuid', description: 'Id of the job.' })
  request_id!: string;

  @ApiProperty({ enum: ['queued'] })
  status!: 'queued';

  @ApiProperty()
  message!: string;
}

/** Seed stable-diffusion-cpp-rest, "Image Generation". */
@ApiTags('generation')
@Controller('api/generate')
export class GenerateController {
  constructor(private readonly generate: GenerateService) {}

  @Post('text2img')
  @HttpCode(202)
  @Needs('job:create')
  @Idempotent()
  @ApiBody({ schema: optionsSchema(), examples: { apple: { value: EXAMPLE_REQUEST } } })
  @Describe({
    summary: 'Ask for pictures of a text',
    status: 202,
    reply: AcceptedDto,
    example: {
      request_id: '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44',
      status: 'queued',
      message: 'Generation request queued successfully',
    },
    errors: [
      new ModelNotFoundError('sd_xl_base_1.0.safetensors', ['tiny-emoji']),
      ...SUBMISSION_ERRORS,
    ],
  })
  async text2img(@Caller() caller: Principal, @Body() body: unknown): Promise<AcceptedDto> {
    const id = await this.generate.submit(caller, body);
    return { request_id: id, status: 'queued', message: 'Generation request queued successfully' };
  }
}
