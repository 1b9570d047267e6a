import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, InsufficientPermissionsError, Needs, type Principal } from '../auth/index.js';
import { Describe } from '../common/index.js';
import { EXAMPLE_JOB } from './job-example.js';
import { OutputList } from './output-list.js';
import {
  OutputChoicesDto,
  OutputChoicesQueryDto,
  OutputsDto,
  OutputsQueryDto,
  type ListedOutputDto,
} from './output-list.dto.js';

const { id, kind, prompt, label, model, queued_time, outputs } = EXAMPLE_JOB;

const EXAMPLE_OUTPUTS: ListedOutputDto[] = outputs.map((output) =>
  Object.assign({}, output, {
    job_id: id,
    kind,
    prompt,
    label,
    model,
    queued_time,
    job_outputs: outputs.length,
  }),
);

/** Finished pictures and videos, whichever jobs they are of. */
@ApiTags('queue')
@Controller('api/queue/outputs')
export class OutputsController {
  constructor(private readonly outputs: OutputList) {}

  @Get()
  @Needs('job:read')
  @Describe({
    summary: 'Pictures and videos one by one, the newest first',
    details:
      "One's own, or with `all` those of everybody, for who may see the jobs of all. `search` finds what the history finds.",
    reply: OutputsDto,
    example: { outputs: EXAMPLE_OUTPUTS, total: 1, page: 1, limit: 50, total_pages: 1 },
    errors: [new InsufficientPermissionsError('job:read_all')],
  })
  list(@Caller() caller: Principal, @Query() query: OutputsQueryDto): Promise<OutputsDto> {
    return this.outputs.page(caller, query);
  }

  @Get('choices')
  @Needs('job:read')
  @Describe({
    summary:
      'The models, kinds and sizes by which that list can be narrowed, the most frequent first',
    reply: OutputChoicesDto,
    example: {
      models: [{ name: 'tiny-emoji', count: 12 }],
      kinds: [{ name: 'text2img', count: 12 }],
      sizes: [{ width: 128, height: 128, count: 12 }],
    },
    errors: [new InsufficientPermissionsError('job:read_all')],
  })
  choices(
    @Caller() caller: Principal,
    @Query() { all }: OutputChoicesQueryDto,
  ): Promise<OutputChoicesDto> {
    return this.outputs.choices(caller, all);
  }
}
