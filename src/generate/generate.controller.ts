import { applyDecorators, Body, Controller, HttpCode, Post, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Caller, Needs, type Principal } from '../auth/index.js';
import { LargeBody } from '../bodies/index.js';
import { Describe } from '../common/index.js';
import { ModelNotFoundError } from '../models/index.js';
import { Idempotent, SUBMISSION_ERRORS } from '../queue/index.js';
import { GenerateService } from './generate.service.js';
import { MultipartBody } from './multipart-body.js';
import type { GenerationKind } from './options/index.js';
import { EXAMPLE_REQUESTS, optionsSchema } from './options-schema.js';

export class AcceptedDto {
  @ApiProperty({ format: 'uuid', description: 'Id of the job.' })
  request_id!: string;

  @ApiProperty({ enum: ['queued'] })
  status!: 'queued';

  @ApiProperty()
  message!: string;
}

const ACCEPTED = {
  request_id: '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44',
  status: 'queued',
  message: 'Generation request queued successfully',
};

/** What every route that accepts a generation declares. */
function Accepts(kind: GenerationKind, summary: string): MethodDecorator {
  return applyDecorators(
    Post(kind),
    HttpCode(202),
    Needs('job:create'),
    Idempotent(),
    ApiBody({
      schema: optionsSchema(kind),
      examples: { [kind]: { value: EXAMPLE_REQUESTS[kind] } },
    }),
    Describe({
      summary,
      details: 'A multipart form is understood too: files for pictures, everything else as text.',
      status: 202,
      reply: AcceptedDto,
      example: ACCEPTED,
      errors: [
        new ModelNotFoundError('sd_xl_base_1.0.safetensors', ['tiny-emoji']),
        ...SUBMISSION_ERRORS,
      ],
    }),
  );
}

/** Seed stable-diffusion-cpp-rest, "Image Generation". */
@ApiTags('generation')
@LargeBody()
@Controller('api/generate')
@UseInterceptors(MultipartBody)
export class GenerateController {
  constructor(private readonly generate: GenerateService) {}

  @Accepts('text2img', 'Ask for pictures of a text')
  text2img(@Caller() caller: Principal, @Body() body: unknown): Promise<AcceptedDto> {
    return this.accept('text2img', caller, body);
  }

  @Accepts('img2img', 'Ask for pictures that begin from another picture')
  img2img(@Caller() caller: Principal, @Body() body: unknown): Promise<AcceptedDto> {
    return this.accept('img2img', caller, body);
  }

  @Accepts('inpainting', 'Ask for a part of a picture to be painted anew')
  inpainting(@Caller() caller: Principal, @Body() body: unknown): Promise<AcceptedDto> {
    return this.accept('inpainting', caller, body);
  }

  @Accepts('controlnet', 'Ask for pictures that follow the forms of another picture')
  controlnet(@Caller() caller: Principal, @Body() body: unknown): Promise<AcceptedDto> {
    return this.accept('controlnet', caller, body);
  }

  @Accepts('upscale', 'Ask for a picture to be enlarged')
  upscale(@Caller() caller: Principal, @Body() body: unknown): Promise<AcceptedDto> {
    return this.accept('upscale', caller, body);
  }

  @Accepts('text2video', 'Ask for a video of a text')
  text2video(@Caller() caller: Principal, @Body() body: unknown): Promise<AcceptedDto> {
    return this.accept('text2video', caller, body);
  }

  private async accept(
    kind: GenerationKind,
    caller: Principal,
    body: unknown,
  ): Promise<AcceptedDto> {
    const id = await this.generate.submit(caller, kind, body);
    return { request_id: id, status: 'queued', message: 'Generation request queued successfully' };
  }
}
