import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Optional } from '../../../common/index.js';
import type { GenerationOption } from '../../../generate/index.js';
import { OPTIONS } from '../../../generate/index.js';
import type { Field, Fields } from '../../fields.js';
import { COMPONENTS, LOAD_OPTIONS } from './load-fields.js';

/** Seconds in a day: longer than anybody waits. */
const MAX_TIMEOUT = 86_400;

const BOOLEANS: Record<string, boolean> = { true: true, '1': true, false: false, '0': false };

/** Whether the answer comes when the model is ready (seed sdcpp-restapi), or at once (the web UI's server of today). */
export class SdcppLoadQuery {
  @ApiPropertyOptional({ type: 'boolean', default: true, description: 'false: answer at once.' })
  @Optional()
  @Transform(({ value }): unknown => BOOLEANS[String(value)] ?? value)
  @IsBoolean({ message: 'wait must be true or false' })
  wait?: boolean;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_TIMEOUT,
    description: 'Seconds after which the answer no longer waits; the loading goes on.',
  })
  @Optional()
  @Transform(({ value }): unknown => (/^\d{1,6}$/.test(String(value)) ? Number(value) : value))
  @IsInt({ message: 'timeout must be a whole number of seconds' })
  @Min(1, { message: 'timeout must be 1 or more' })
  @Max(MAX_TIMEOUT, { message: `timeout must be ${MAX_TIMEOUT} or less` })
  timeout?: number;
}

export class SdcppControlNetDto {
  @ApiProperty({ maxLength: 1000, example: 'control_v11p_sd15_canny.safetensors' })
  @IsString({ message: 'controlnet is required' })
  @MaxLength(1000, { message: 'controlnet must be the name of a model' })
  controlnet!: string;
}

/** A body in which nothing is expected. */
export class SdcppNothingDto {}

const TEXT_OR_NULL = { type: ['string', 'null'] };

const NUMBER_OR_NULL = { type: ['number', 'string', 'null'] };
const LIST_OR_NULL = { type: ['array', 'null'], items: {} };

/** Types of options as JSON schema; everything else is a text. */
const SCHEMAS: Partial<Record<GenerationOption['type'], object>> = {
  integer: NUMBER_OR_NULL,
  number: NUMBER_OR_NULL,
  seed: NUMBER_OR_NULL,
  boolean: { type: ['boolean', 'null'] },
  numbers: LIST_OR_NULL,
  pictures: LIST_OR_NULL,
};

function typeOf(option: GenerationOption | undefined, field: Field): object {
  if (option) return SCHEMAS[option.type] ?? TEXT_OR_NULL;
  return field.type ? { type: [field.type, 'null'] } : TEXT_OR_NULL;
}

/** Fields of a request as JSON schema. */
export function fieldsSchema(fields: Fields): Record<string, object> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const option = field.to === undefined ? undefined : OPTIONS[field.to];
      const description = option?.doc ?? field.doc ?? field.label;
      return [name, { ...typeOf(option, field), description }];
    }),
  );
}

/** The body of a request to load a model. */
export const LOAD_SCHEMA = {
  type: 'object',
  required: ['model_name'],
  additionalProperties: false,
  properties: {
    model_name: { type: 'string', maxLength: 1000 },
    model_type: { type: ['string', 'null'], enum: ['checkpoint', 'diffusion', null] },
    ...fieldsSchema(COMPONENTS),
    options: {
      type: ['object', 'null'],
      additionalProperties: false,
      properties: fieldsSchema(LOAD_OPTIONS),
    },
  },
} as const;

export const LOAD_EXAMPLE = {
  model_name: 'flux1-dev-Q4_K_S.gguf',
  model_type: 'diffusion',
  vae: 'ae.safetensors',
  clip_l: 'clip_l.safetensors',
  t5xxl: 't5xxl_fp16.safetensors',
  options: { keep_clip_on_cpu: true, flash_attn: true },
};

/** What is answered when a model is loaded, or is going to be. */
export class SdcppLoadReplyDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty({ enum: ['loaded', 'loading'] })
  status!: 'loaded' | 'loading';

  @ApiProperty()
  message!: string;

  @ApiProperty()
  model_name!: string;

  @ApiProperty()
  model_type!: string;

  @ApiPropertyOptional({ type: 'string', nullable: true })
  architecture?: string | null;

  @ApiPropertyOptional({ type: 'object', additionalProperties: TEXT_OR_NULL })
  loaded_components?: Record<string, string | null>;

  @ApiProperty({ format: 'uuid', description: 'The job that loads it.' })
  job_id!: string;
}

export class SdcppHashDto {
  @ApiProperty()
  model_name!: string;

  @ApiProperty()
  model_type!: string;

  @ApiProperty({ description: 'SHA-256 in hex.', pattern: '^[0-9a-f]{64}$' })
  hash!: string;
}

export class SdcppControlNetStatusDto {
  @ApiProperty()
  loaded!: boolean;

  @ApiProperty({ type: 'string', nullable: true })
  name!: string | null;
}

export class SdcppUpscalerReplyDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty()
  message!: string;

  @ApiProperty()
  model_name!: string;

  @ApiProperty({ type: 'integer', description: 'How many times larger each side becomes.' })
  upscale_factor!: number;
}
