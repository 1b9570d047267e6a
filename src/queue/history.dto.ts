import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsDate, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { pageQuery, type PageInfo } from '../common/index.js';
import { JobView } from './job.dto.js';
import { JOB_STATES, type JobState } from './job-state.js';

/** Most jobs on a page of the history. */
const PAGE_BOUND = 500;

const DATE = 'must be an instant: Unix time in seconds, or ISO 8601 like 2026-01-31T12:00:00Z';

/** `true` of a query string; everything else is left for the check to refuse. */
export function truth({ value }: { value: unknown }): unknown {
  if (value === 'true' || value === '1') return true;
  return value === 'false' || value === '0' ? false : value;
}

function listed({ value }: { value: unknown }): unknown {
  return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
}

function instant({ value }: { value: unknown }): unknown {
  if (typeof value !== 'string') return value;
  return new Date(/^\d{1,12}$/.test(value) ? Number(value) * 1000 : value);
}

export class HistoryQueryDto extends pageQuery(['created'], {
  sort_by: 'created',
  sort_order: 'desc',
  bound: PAGE_BOUND,
}) {
  @ApiPropertyOptional({
    type: String,
    example: 'failed,cancelled',
    description: `One state or several, separated by commas: ${JOB_STATES.join(', ')}.`,
  })
  @IsOptional()
  @Transform(listed)
  @IsIn(JOB_STATES, { each: true, message: `status must be of ${JOB_STATES.join(', ')}` })
  status?: JobState[];

  @ApiPropertyOptional({ example: 'text2img' })
  @IsOptional()
  @IsString()
  @Length(1, 32, { message: 'kind must have 1 to 32 characters' })
  kind?: string;

  @ApiPropertyOptional({ description: 'Name of the model, whole.' })
  @IsOptional()
  @IsString()
  @Length(1, 255, { message: 'model must have 1 to 255 characters' })
  model?: string;

  @ApiPropertyOptional({
    description: 'Words that all begin words of the prompt, case and accents aside.',
  })
  @IsOptional()
  @IsString()
  @Length(1, 200, { message: 'search must have 1 to 200 characters' })
  search?: string;

  @ApiPropertyOptional({
    type: String,
    example: '1763700000',
    description: 'Submitted then or later: Unix time in seconds, or ISO 8601.',
  })
  @IsOptional()
  @Transform(instant)
  @IsDate({ message: `from ${DATE}` })
  from?: Date;

  @ApiPropertyOptional({
    type: String,
    example: '2026-01-31T12:00:00Z',
    description: 'Submitted before: Unix time in seconds, or ISO 8601.',
  })
  @IsOptional()
  @Transform(instant)
  @IsDate({ message: `to ${DATE}` })
  to?: Date;

  @ApiPropertyOptional({
    description: 'Name or id of a user; others than oneself only for who may see the jobs of all.',
  })
  @IsOptional()
  @IsString()
  @Length(1, 64, { message: 'owner must have 1 to 64 characters' })
  owner?: string;
}

export class HistoryDto implements PageInfo {
  @ApiProperty({ type: [JobView] })
  jobs!: JobView[];

  @ApiProperty({ type: 'integer', description: 'Jobs on all pages.' })
  total!: number;

  @ApiProperty({ type: 'integer' })
  page!: number;

  @ApiProperty({ type: 'integer', description: 'Jobs that a page holds at most.' })
  limit!: number;

  @ApiProperty({ type: 'integer' })
  total_pages!: number;
}

export class RetryReplyDto {
  @ApiProperty({ format: 'uuid', description: 'Id of the new job.' })
  request_id!: string;

  @ApiProperty({ enum: ['queued'] })
  status!: 'queued';

  @ApiProperty()
  message!: string;

  @ApiProperty({ format: 'uuid', description: 'Id of the job that was retried.' })
  retry_of!: string;
}

export class ClearReplyDto {
  @ApiProperty({ enum: ['success'] })
  status!: 'success';

  @ApiProperty()
  message!: string;

  @ApiProperty({ type: 'integer', description: 'How many jobs were cancelled.' })
  cleared!: number;
}

export class ClearQueueDto {
  @ApiPropertyOptional({ description: "The jobs of everybody, instead of one's own." })
  @IsOptional()
  @IsBoolean({ message: 'all must be true or false' })
  all?: boolean;
}

export class ClearQueueQueryDto {
  @ApiPropertyOptional({ description: "The jobs of everybody, instead of one's own." })
  @IsOptional()
  @Transform(truth)
  @IsBoolean({ message: 'all must be true or false' })
  all?: boolean;
}

export class RemoveJobQueryDto {
  @ApiPropertyOptional({ description: 'Must be true: the job and its files are gone for good.' })
  @IsOptional()
  @Transform(truth)
  @IsBoolean({ message: 'confirm must be true or false' })
  confirm?: boolean;
}
