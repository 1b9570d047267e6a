import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn, Length, Matches } from 'class-validator';
import { Optional } from '../../common/index.js';
import { MODEL_TYPES, type ModelType } from '../model-type.js';
import { DOWNLOAD_SOURCES, type DownloadSource } from './download-request.js';

const SHORT = 500;
const LONGEST_URL = 4096;

function Text(description: string, example: string, longest = SHORT): PropertyDecorator {
  const message = `$property must be a text of 1 to ${longest} characters`;
  return applyDecorators(
    ApiProperty({ required: false, description, example, minLength: 1, maxLength: longest }),
    Optional(),
    Length(1, longest, { message }),
  );
}

/** Seed sdcpp-restapi, "Download Model"; `save_as` and `sha256` are ours. */
export class DownloadModelDto {
  @ApiProperty({
    required: false,
    enum: DOWNLOAD_SOURCES,
    description: 'Without it the other fields tell.',
  })
  @Optional()
  @IsIn(DOWNLOAD_SOURCES, { message: `source must be one of ${DOWNLOAD_SOURCES.join(', ')}` })
  source?: DownloadSource;

  @ApiProperty({
    required: false,
    enum: MODEL_TYPES,
    description: 'Needed where the source does not say it; only Civitai does.',
  })
  @Optional()
  @IsIn(MODEL_TYPES, { message: `model_type must be one of ${MODEL_TYPES.join(', ')}` })
  model_type?: ModelType;

  @Text(
    'Address of a file, or of a page of a hub.',
    'https://example.org/model.safetensors',
    LONGEST_URL,
  )
  url?: string;

  @Text('On Civitai: a model, or model:version.', '123456:789012', 64)
  model_id?: string;

  @Text('Repository on Hugging Face.', 'stabilityai/sdxl-turbo')
  repo_id?: string;

  @Text(
    'Path in the repository; for an address, the name to save it as.',
    'sd_xl_turbo_1.0.safetensors',
  )
  filename?: string;

  @Text('Branch, tag or commit in the repository; `main` unless given.', 'main')
  revision?: string;

  @Text('Name to save it as.', 'turbo.safetensors')
  save_as?: string;

  @Text('Folder below the one of the type.', 'anime')
  subfolder?: string;

  @ApiProperty({ required: false, description: 'Its SHA-256, to be checked.', minLength: 64 })
  @Optional()
  @Matches(/^[0-9a-f]{64}$/i, { message: 'sha256 must be 64 hexadecimal digits' })
  sha256?: string;
}

export class DownloadAcceptedDto {
  @ApiProperty()
  message!: string;

  @ApiProperty({ format: 'uuid', description: 'Job that downloads it; its steps are bytes.' })
  download_job_id!: string;

  @ApiProperty({ format: 'uuid', description: 'Job that hashes it afterwards.' })
  hash_job_id!: string;

  @ApiProperty({ enum: DOWNLOAD_SOURCES })
  source!: DownloadSource;

  @ApiProperty({ enum: MODEL_TYPES })
  model_type!: ModelType;

  @ApiProperty({ description: 'As it will be called.' })
  filename!: string;

  @ApiProperty({ type: 'string', nullable: true })
  subfolder!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: '1 is next; null when it has begun.',
  })
  position!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Bytes, as far as is known.' })
  size!: number | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'As its source says.' })
  sha256!: string | null;

  @ApiProperty({ description: 'Whether it was being downloaded already; these are its jobs.' })
  joined!: boolean;
}

/** Seed sdcpp-restapi, "Get CivitAI Model Info". */
export class CivitaiFileDto {
  @ApiProperty({ type: 'integer' })
  model_id!: number;

  @ApiProperty({ type: 'integer' })
  version_id!: number;

  @ApiProperty()
  name!: string;

  @ApiProperty()
  version_name!: string;

  @ApiProperty({ description: 'One of our types where there is one, else as Civitai calls it.' })
  type!: string;

  @ApiProperty({ example: 'SDXL 1.0' })
  base_model!: string;

  @ApiProperty()
  filename!: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Bytes.' })
  file_size!: number | null;

  @ApiProperty({ type: 'string', nullable: true })
  sha256!: string | null;

  @ApiProperty()
  download_url!: string;
}

export class HuggingFaceQuery {
  @ApiProperty({ example: 'stabilityai/sdxl-turbo', maxLength: SHORT })
  @Length(1, SHORT, { message: 'repo_id must be a repository like owner/name' })
  repo_id!: string;

  @ApiProperty({ example: 'sd_xl_turbo_1.0.safetensors', maxLength: SHORT })
  @Length(1, SHORT, { message: 'filename must be the path of a file in the repository' })
  filename!: string;

  @Text('Branch, tag or commit; `main` unless given.', 'main')
  revision?: string;
}

/** Seed sdcpp-restapi, "Get HuggingFace Model Info". */
export class HuggingFaceFileDto {
  @ApiProperty()
  repo_id!: string;

  @ApiProperty()
  filename!: string;

  @ApiProperty()
  revision!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'What the revision is now.' })
  commit!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Bytes.' })
  file_size!: number | null;

  @ApiProperty({ type: 'string', nullable: true })
  sha256!: string | null;

  @ApiProperty()
  download_url!: string;
}
