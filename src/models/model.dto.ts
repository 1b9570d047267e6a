import { ApiProperty } from '@nestjs/swagger';
import { PageDto } from '../common/index.js';
import { SIZE_CATEGORIES, type SizeCategory } from './model-query.js';
import { MODEL_TYPES, type ModelType } from './model-type.js';
import type { ModelFormat, RecommendedSettings } from './model.js';

const HASH_STATES = ['ready', 'computing', 'waiting', 'none'] as const;

export type HashState = (typeof HASH_STATES)[number];

export class RecommendedDto implements RecommendedSettings {
  @ApiProperty({ type: 'integer', required: false, description: 'Pixels.' })
  width?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'Pixels.' })
  height?: number;

  @ApiProperty({ type: 'integer', required: false })
  steps?: number;

  @ApiProperty({ required: false })
  cfg_scale?: number;

  @ApiProperty({ required: false })
  sampler?: string;

  @ApiProperty({ required: false })
  scheduler?: string;
}

/** A model as the API shows it. */
export class ModelView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ description: 'Below the models folder in which it was found.' })
  path!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty({ enum: MODEL_TYPES })
  type!: ModelType;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What its tensors say it is, whatever its folder says.',
  })
  detected_type!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: 'sdxl' })
  architecture!: string | null;

  @ApiProperty({ enum: ['safetensors', 'gguf', 'pickle', 'bundle', 'unknown'] })
  format!: ModelFormat;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'q8_0',
    description: 'How most of its weights are stored.',
  })
  quantization!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'How many numbers it holds.' })
  parameters!: number | null;

  @ApiProperty({ type: 'integer', description: 'Bytes.' })
  size!: number;

  @ApiProperty({ enum: SIZE_CATEGORIES })
  size_category!: SizeCategory;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  modified!: number;

  @ApiProperty({ description: 'Whether it is in memory.' })
  loaded!: boolean;

  @ApiProperty({ type: 'string', nullable: true, description: 'SHA-256 of its main file.' })
  sha256!: string | null;

  @ApiProperty({ enum: HASH_STATES })
  hash_status!: HashState;

  @ApiProperty({ type: 'number', nullable: true, description: '0 to 1 while it is computed.' })
  hash_progress!: number | null;

  @ApiProperty({ description: 'Whether it came with the program.' })
  embedded!: boolean;

  @ApiProperty({ type: 'string', nullable: true, description: 'Why its header cannot be read.' })
  problem!: string | null;

  @ApiProperty({ type: RecommendedDto, description: 'Settings that suit it.' })
  recommended!: RecommendedSettings;
}

/** The same as a plain object, to build upon. */
export type ModelFields = { [Field in keyof ModelView]: ModelView[Field] };

/** How a model is loaded, in the words of the request that loads it. */
export class LoadView {
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Unix time in seconds; null while it is not in memory.',
  })
  since!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Bytes that it takes, estimated by its files; null while it is not in memory.',
  })
  memory_estimate!: number | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  options!: Record<string, unknown>;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'File names by field.',
  })
  components!: Record<string, string>;
}

/** A model with all that is known of it. */
export class ModelDetails extends ModelView {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'File names by the part of the model that they are.',
  })
  files!: Record<string, string>;

  @ApiProperty({
    type: LoadView,
    nullable: true,
    description: 'null for a model that is not in memory and was not loaded by request.',
  })
  load!: LoadView | null;
}

export class ModelPage {
  @ApiProperty({ type: [ModelView] })
  models!: ModelView[];

  @ApiProperty({ type: 'integer', description: 'Models on all pages.' })
  total!: number;

  @ApiProperty({ type: PageDto })
  pagination!: PageDto;
}

export class ModelReply {
  @ApiProperty({ type: ModelDetails })
  model!: ModelDetails;
}

export class ModelTypesReply {
  @ApiProperty({ enum: MODEL_TYPES, isArray: true })
  types!: readonly ModelType[];
}

export class RefreshReply {
  @ApiProperty({ example: 'Model refresh completed' })
  message!: string;

  @ApiProperty({ type: 'integer', description: 'How many models there are.' })
  models_found!: number;

  @ApiProperty({
    type: 'integer',
    description: 'How many of them came, went or changed since the last look at the disk.',
  })
  models_updated!: number;
}

/** What was done to which model. */
export class ModelDone {
  @ApiProperty({ example: 'Model loaded successfully' })
  message!: string;

  @ApiProperty({ description: 'Its name.' })
  model!: string;
}

export class HashReply extends ModelDone {
  @ApiProperty({ description: 'SHA-256 of its main file, lower-case hex.' })
  sha256!: string;
}
