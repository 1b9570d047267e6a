import { Body, Controller, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsArray, IsString, Length } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Caller, Client, Needs, type LoginClient, type Principal } from '../../../auth/index.js';
import { ClientGoneError, Departure, Optional } from '../../../common/index.js';
import { EventStreams } from '../../../connections/index.js';
import { DOWNLOAD_ERRORS } from '../../../models/index.js';
import { Describe } from '../errors.js';
import { MoldPulls, PullFailedError, UnknownModelError } from './pulls.js';

export class MoldPullDto {
  @ApiProperty({
    maxLength: 1000,
    description:
      'A model that is here or on the list of mold, a file on Hugging Face (`hf:owner/repository/file.gguf`), a model on Civitai (`civitai:123456`, or with `:` and a version), or an address.',
    example: 'hf:city96/FLUX.1-schnell-gguf/flux1-schnell-Q8_0.gguf',
  })
  @IsString({ message: 'model must be the name of a model' })
  @Length(1, 1000, { message: 'model must be the name of a model' })
  model!: string;

  @ApiPropertyOptional({ type: [String], description: 'Without effect.' })
  @Optional()
  @IsArray({ message: 'accept_licenses must be a list' })
  accept_licenses?: string[];
}

/** Seed mold-server-api, "/api/models/pull". */
@ApiTags('models')
@Controller('mold/api/models')
export class MoldPullController {
  constructor(
    private readonly pulls: MoldPulls,
    private readonly streams: EventStreams,
  ) {}

  @Post('pull')
  @HttpCode(200)
  @Needs('model:manage')
  @Describe({
    summary: 'Download a model',
    details:
      'Answers when it is here; with `Accept: text/event-stream` it tells how far it is meanwhile. A `.gguf` file becomes a diffusion model, any other a checkpoint. The download goes on though the client hangs up.',
    files: ['text/plain', 'text/event-stream'],
    errors: [
      new UnknownModelError('no-such-model:q8'),
      new PullFailedError('flux-schnell:q8', 'its checksum is wrong.'),
      new ClientGoneError(),
      ...DOWNLOAD_ERRORS,
    ],
  })
  async pull(
    @Caller() caller: Principal,
    @Client() { address }: LoginClient,
    @Headers('accept') accept: string | undefined,
    @Body() { model }: MoldPullDto,
    @Departure() gone: AbortSignal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const streams = accept?.includes('text/event-stream') === true;
    if (streams) this.streams.reserve(caller, reply);
    const started = await this.pulls.start(caller, model, address);
    if (streams) {
      await this.streams.send(caller, reply, (left) =>
        this.pulls.events(caller, model, started, left),
      );
      return;
    }
    await this.pulls.finished(caller, model, started, gone);
    const text = `model '${model}' pulled successfully`;
    await reply.header('content-type', 'text/plain; charset=utf-8').send(text);
  }
}
