import { Body, Controller, Delete, Header, HttpCode, Post } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { ClientGoneError, Departure } from '../../../common/index.js';
import { ChoiceLoadingError, ModelChoices } from '../../../generate/index.js';
import { ModelNotFoundError } from '../../../models/index.js';
import {
  completed,
  JobEnds,
  JobFailedError,
  QueueService,
  SUBMISSION_ERRORS,
} from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { MoldKnownModels } from './known-models.js';
import { MoldNames } from './names.js';
import { DRAWING } from './slot.js';

const PLAIN = 'text/plain; charset=utf-8';

export class MoldLoadDto {
  @ApiProperty({ maxLength: 1000, example: 'flux-dev:q4' })
  @IsString({ message: 'model must be the name of a model' })
  @Length(1, 1000, { message: 'model must be the name of a model' })
  model!: string;
}

/** Seed mold-server-api, "/api/models/load" and "/api/models/unload": each user has loaded their own. */
@ApiTags('models')
@Controller('mold/api/models')
export class MoldLoadController {
  constructor(
    private readonly names: MoldNames,
    private readonly known: MoldKnownModels,
    private readonly choices: ModelChoices,
    private readonly ends: JobEnds,
    private readonly queue: QueueService,
  ) {}

  @Post('load')
  @HttpCode(200)
  @Header('content-type', PLAIN)
  @Needs('job:create')
  @Describe({
    summary: 'Load a model, which then draws what the caller asks for without naming one',
    details: 'Answers when it is in memory. It waits its turn as a job does.',
    files: ['text/plain'],
    errors: [
      new ModelNotFoundError('flux-dev:q4', ['tiny-emoji:q8']),
      new ChoiceLoadingError('flux-dev'),
      new ClientGoneError(),
      new JobFailedError({ code: 'MODEL_LOAD_FAILED', message: 'The file is damaged.' }),
      ...SUBMISSION_ERRORS,
    ],
  })
  async load(
    @Caller() caller: Principal,
    @Body() { model: name }: MoldLoadDto,
    @Departure() gone: AbortSignal,
  ): Promise<string> {
    const model = await this.names.find(name);
    const options = await this.known.partsFor(model);
    const jobId = await this.choices.load(caller, DRAWING, { model: model.id, options });
    if (!(await this.ends.wait(jobId, gone))) throw new ClientGoneError();
    completed(await this.queue.job(caller, jobId));
    return `model '${await this.names.nameOf(model)}' loaded`;
  }

  @Delete('unload')
  @Header('content-type', PLAIN)
  @Needs('job:create')
  @Describe({
    summary: 'Draw with the default model again',
    details:
      'What is in memory is for the server to decide: it makes room when there is need. A model that is being loaded for the caller no longer is.',
    files: ['text/plain'],
  })
  async unload(@Caller() caller: Principal): Promise<string> {
    const { model, chosen } = await this.choices.clear(caller, DRAWING);
    await this.choices.forget(caller, DRAWING);
    if (!model || !chosen) return 'no model was loaded';
    return `model '${await this.names.nameOf(model)}' unloaded`;
  }
}
