import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { Instant, Optional } from '../../../common/index.js';
import type { ModelSettings } from './model.js';
import type { Progress } from './progress.js';
import { STATUS_NAMES, TYPE_NAMES, type Status } from './words.js';

const STEPS = { type: 'integer', minimum: 0 } as const;
const INSTANT = { example: '2026-01-01T12:00:00Z', description: 'ISO 8601, in UTC.' } as const;
const ANYTHING = { type: 'object', additionalProperties: true } as const;

/** The most jobs on a page, and that are deleted at once. */
export const MOST_JOBS = 1000;
const USUAL_LIMIT = 100;
const LAST_PLACE = 100_000_000;

export class SdcppProgressDto implements Progress {
  @ApiProperty({ ...STEPS, description: 'Within the current picture.' })
  step!: number;

  @ApiProperty({ ...STEPS, description: 'Of one picture; bytes of a download.' })
  total_steps!: number;

  @ApiProperty({ ...STEPS, description: 'From 0.' })
  current_image!: number;

  @ApiProperty(STEPS)
  total_images!: number;

  @ApiProperty({ ...STEPS, description: 'Of all pictures.' })
  all_steps!: number;

  @ApiProperty(STEPS)
  current_all_steps!: number;

  @ApiProperty({ minimum: 0, maximum: 100 })
  percentage!: number;
}

export class SdcppModelSettingsDto implements ModelSettings {
  @ApiProperty()
  model_loaded!: boolean;

  @ApiProperty({ type: 'string', nullable: true })
  model_name!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  model_type!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  model_architecture!: string | null;

  @ApiProperty(ANYTHING)
  loaded_components!: Record<string, unknown>;

  @ApiProperty(ANYTHING)
  load_options!: Record<string, unknown>;

  @ApiProperty()
  upscaler_loaded!: boolean;

  @ApiProperty({ type: 'string', nullable: true })
  upscaler_name!: string | null;
}

/** Seed sdcpp-restapi, "Get Job Status", and what the web UI reads besides. */
export class SdcppJobDto {
  @ApiProperty({ format: 'uuid' })
  job_id!: string;

  @ApiProperty({ enum: TYPE_NAMES })
  type!: string;

  @ApiProperty({ enum: [...STATUS_NAMES, 'deleted'] })
  status!: Status | 'deleted';

  @ApiProperty({ type: SdcppProgressDto })
  progress!: SdcppProgressDto;

  @ApiProperty(INSTANT)
  created_at!: string;

  @ApiPropertyOptional(INSTANT)
  started_at?: string;

  @ApiPropertyOptional(INSTANT)
  completed_at?: string;

  @ApiPropertyOptional(INSTANT)
  deleted_at?: string;

  @ApiPropertyOptional({ enum: STATUS_NAMES, description: 'Of a deleted job: what it was before.' })
  previous_status?: Status;

  @ApiProperty({ type: [String], description: 'Paths below `/output/`.' })
  outputs!: string[];

  @ApiProperty({ type: [String], description: 'Whole addresses of the same files.' })
  output_urls!: string[];

  @ApiProperty({ ...ANYTHING, description: 'What was asked for, without its pictures.' })
  params!: Record<string, unknown>;

  @ApiProperty({ type: SdcppModelSettingsDto })
  model_settings!: SdcppModelSettingsDto;

  @ApiPropertyOptional({ description: 'Why it failed.' })
  error?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The job that must be done before.' })
  linked_job_id?: string;

  @ApiPropertyOptional({ description: 'What its owner called it.' })
  title?: string;
}

/** Text of a query as a whole number, where it is one. */
function integer({ value }: { value: unknown }): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
}

function flag({ value }: { value: unknown }): unknown {
  if (value === 'true' || value === '1') return true;
  return value === 'false' || value === '0' ? false : value;
}

function listed({ value }: { value: unknown }): unknown {
  if (typeof value !== 'string') return value;
  return value.split(',').filter((part) => part !== '');
}

/** The web UI sends `all` or nothing at all for "whichever". */
function unlessAll({ value }: { value: unknown }): unknown {
  return value === 'all' || value === '' ? undefined : value;
}

function Whole(min: number, max: number): PropertyDecorator {
  const message = `$property must be a whole number from ${min} to ${max}`;
  return (target, property) => {
    Transform(integer)(target, property);
    Optional()(target, property);
    IsInt({ message })(target, property);
    Min(min, { message })(target, property);
    Max(max, { message })(target, property);
  };
}

export class SdcppQueueQueryDto {
  @ApiPropertyOptional({ enum: STATUS_NAMES })
  @Transform(unlessAll)
  @Optional()
  @IsIn(STATUS_NAMES, { message: `status must be one of ${STATUS_NAMES.join(', ')}` })
  status?: Status;

  @ApiPropertyOptional({ enum: TYPE_NAMES })
  @Transform(unlessAll)
  @Optional()
  @IsIn(TYPE_NAMES, { message: `type must be one of ${TYPE_NAMES.join(', ')}` })
  type?: string;

  @ApiPropertyOptional({ description: 'Words of the prompt or the title.' })
  @Optional()
  @IsString()
  @MaxLength(200, { message: 'search must have at most 200 characters' })
  search?: string;

  @ApiPropertyOptional({ type: String, description: 'Titles, whole, separated by commas.' })
  @Transform(listed)
  @Optional()
  @IsArray()
  @ArrayMaxSize(100, { message: 'titles must be at most 100' })
  @IsString({ each: true })
  titles?: string[];

  @ApiPropertyOptional({ type: 'integer', default: USUAL_LIMIT, maximum: MOST_JOBS })
  @Whole(1, MOST_JOBS)
  limit = USUAL_LIMIT;

  @ApiPropertyOptional({ type: 'integer', description: 'Jobs to leave out; not with `page`.' })
  @Whole(0, LAST_PLACE)
  offset?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'From 1; not with `offset`.' })
  @Whole(1, LAST_PLACE / MOST_JOBS)
  page?: number;

  @ApiPropertyOptional({ enum: ['date'] })
  @Optional()
  @IsIn(['date'], { message: 'group_by must be date' })
  group_by?: 'date';

  @ApiPropertyOptional({ type: 'integer', description: 'Submitted before: Unix seconds.' })
  @Optional()
  @Instant()
  before?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'Submitted after: Unix seconds.' })
  @Optional()
  @Instant()
  after?: number;

  @ApiPropertyOptional({ description: 'The jobs of everybody; for administrators.' })
  @Transform(flag)
  @Optional()
  @IsBoolean({ message: 'all must be true or false' })
  all?: boolean;
}

export class SdcppJobGroupDto {
  @ApiProperty({ example: '2026-01-31', description: "A day by the server's clock." })
  date!: string;

  @ApiProperty({ example: 'Today' })
  label!: string;

  @ApiProperty({ type: 'integer', description: 'When the day begins: Unix seconds.' })
  timestamp!: number;

  @ApiProperty({ type: 'integer', description: 'Jobs of that day, on this page or not.' })
  count!: number;

  @ApiProperty({ type: [SdcppJobDto] })
  items!: SdcppJobDto[];
}

export class SdcppQueueDto {
  @ApiProperty(STEPS)
  pending_count!: number;

  @ApiProperty(STEPS)
  processing_count!: number;

  @ApiProperty(STEPS)
  completed_count!: number;

  @ApiProperty(STEPS)
  failed_count!: number;

  @ApiProperty(STEPS)
  cancelled_count!: number;

  @ApiProperty({ ...STEPS, description: 'All jobs, whatever is asked for.' })
  total_count!: number;

  @ApiProperty({ ...STEPS, description: 'Jobs that are asked for, on all pages.' })
  filtered_count!: number;

  @ApiPropertyOptional({ type: [SdcppJobDto], description: 'The newest first.' })
  items?: SdcppJobDto[];

  @ApiPropertyOptional({ type: [SdcppJobGroupDto], description: 'Instead of `items`.' })
  groups?: SdcppJobGroupDto[];

  @ApiPropertyOptional({ enum: ['date'] })
  group_by?: 'date';

  @ApiProperty(STEPS)
  offset!: number;

  @ApiProperty(STEPS)
  limit!: number;

  @ApiProperty(STEPS)
  page!: number;

  @ApiProperty(STEPS)
  total_pages!: number;

  @ApiProperty()
  has_more!: boolean;

  @ApiProperty()
  has_prev!: boolean;

  @ApiPropertyOptional({ type: 'integer', description: 'Of the first job here: Unix seconds.' })
  newest_timestamp?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'Of the last job here: Unix seconds.' })
  oldest_timestamp?: number;

  @ApiProperty({ type: [String], description: 'Every title that was given to a job.' })
  all_titles!: string[];

  @ApiPropertyOptional(ANYTHING)
  applied_filters?: Record<string, unknown>;
}
