import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, Matches } from 'class-validator';
import { PageDto } from '../common/index.js';
import { HistoryQueryDto, truth } from './history.dto.js';
import { JobOutputDto, JobOwnerDto } from './job.dto.js';

export class OutputsQueryDto extends PickType(HistoryQueryDto, [
  'limit',
  'page',
  'sort_by',
  'sort_order',
  'kind',
  'model',
  'search',
  'from',
  'to',
]) {
  @ApiPropertyOptional({
    example: '512x768',
    pattern: String.raw`^\d{1,6}x\d{1,6}$`,
    description: 'Width and height in pixels.',
  })
  @IsOptional()
  @Matches(/^\d{1,6}x\d{1,6}$/, { message: 'size must be a width and a height, like 512x768' })
  size?: string;

  @ApiPropertyOptional({
    description: "Those of everybody instead of one's own, for who may see the jobs of all.",
  })
  @IsOptional()
  @Transform(truth)
  @IsBoolean({ message: 'all must be true or false' })
  all?: boolean;
}

export class OutputChoicesQueryDto extends PickType(OutputsQueryDto, ['all']) {}

/** A finished file with what a list of them shows of its job. */
export class ListedOutputDto extends JobOutputDto {
  @ApiProperty({ format: 'uuid' })
  job_id!: string;

  @ApiProperty({ example: 'text2img' })
  kind!: string;

  @ApiProperty()
  prompt!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'The title that its owner gave the job.',
  })
  label!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Name of the model, where there is one.',
  })
  model!: string | null;

  @ApiProperty({
    type: 'integer',
    description: 'When the job was submitted: Unix time in seconds.',
  })
  queued_time!: number;

  @ApiProperty({ type: 'integer', description: 'How many outputs the job has in all.' })
  job_outputs!: number;

  @ApiProperty({
    required: false,
    type: JobOwnerDto,
    description: 'Only where those of everybody were asked for.',
  })
  owner?: JobOwnerDto;
}

export class OutputsDto extends PageDto {
  @ApiProperty({ type: [ListedOutputDto] })
  outputs!: ListedOutputDto[];
}

export class OutputSizeDto {
  @ApiProperty({ type: 'integer', description: 'Pixels.' })
  width!: number;

  @ApiProperty({ type: 'integer', description: 'Pixels.' })
  height!: number;

  @ApiProperty({ type: 'integer', description: 'How many outputs have it.' })
  count!: number;
}

export class OutputNameDto {
  @ApiProperty()
  name!: string;

  @ApiProperty({ type: 'integer', description: 'How many outputs have it.' })
  count!: number;
}

/** By what a list of outputs can be narrowed, the most frequent first. */
export class OutputChoicesDto {
  @ApiProperty({ type: [OutputNameDto] })
  models!: OutputNameDto[];

  @ApiProperty({ type: [OutputNameDto] })
  kinds!: OutputNameDto[];

  @ApiProperty({ type: [OutputSizeDto] })
  sizes!: OutputSizeDto[];
}
