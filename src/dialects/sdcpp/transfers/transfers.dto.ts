import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsString } from 'class-validator';
import { Optional } from '../../../common/index.js';
import {
  DOWNLOAD_SOURCES,
  MODEL_TYPES,
  type CivitaiFile,
  type DownloadSource,
  type HuggingFaceFile,
  type ModelType,
} from '../../../models/index.js';

/** A text that may be left out, also by null or nothing in it, as forms do. */
function Text(description?: string): PropertyDecorator {
  return (target, property) => {
    ApiPropertyOptional({ type: String, description })(target, property);
    Transform(({ value }): unknown => (value === null || value === '' ? undefined : value))(
      target,
      property,
    );
    Optional()(target, property);
    IsString({ message: '$property must be a text' })(target, property);
  };
}

/** Seed sdcpp-restapi, "Download Model". */
export class SdcppDownloadDto {
  @ApiProperty({ enum: MODEL_TYPES })
  @IsIn(MODEL_TYPES, { message: `model_type must be one of ${MODEL_TYPES.join(', ')}` })
  model_type!: ModelType;

  @ApiPropertyOptional({
    enum: DOWNLOAD_SOURCES,
    description: 'Told by the other fields unless given.',
  })
  @Optional()
  @IsIn(DOWNLOAD_SOURCES, { message: `source must be one of ${DOWNLOAD_SOURCES.join(', ')}` })
  source?: DownloadSource;

  @Text('On Civitai: `123456`, or `123456:789012` for a version.')
  model_id?: string;

  @Text()
  url?: string;

  @Text('On Hugging Face.')
  repo_id?: string;

  @Text('In the repository; for an address the name to save it as.')
  filename?: string;

  @Text('Below the folder of its type.')
  subfolder?: string;

  @Text('On Hugging Face; `main` unless given.')
  revision?: string;
}

export class SdcppDownloadStartedDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty({ format: 'uuid' })
  download_job_id!: string;

  @ApiProperty({ format: 'uuid', description: 'Begins when the download has completed.' })
  hash_job_id!: string;

  @ApiProperty({ enum: DOWNLOAD_SOURCES })
  source!: DownloadSource;

  @ApiProperty({ enum: MODEL_TYPES })
  model_type!: ModelType;

  @ApiProperty({ type: 'integer' })
  position!: number;
}

const IDS = ['text', 'number'] as const;

export class SdcppCivitaiQuery {
  @ApiPropertyOptional({
    enum: IDS,
    default: 'text',
    description: 'What the ids are: texts as the document has them, or numbers as the web UI.',
  })
  @Optional()
  @IsIn(IDS, { message: 'ids must be text or number' })
  ids?: (typeof IDS)[number];
}

const ID = { oneOf: [{ type: 'string' }, { type: 'integer' }] };

export class SdcppCivitaiDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty(ID)
  model_id!: string | number;

  @ApiProperty(ID)
  version_id!: string | number;

  @ApiProperty()
  name!: string;

  @ApiProperty()
  version_name!: string;

  @ApiProperty()
  type!: string;

  @ApiProperty()
  base_model!: string;

  @ApiProperty()
  filename!: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Bytes.' })
  file_size!: number | null;

  @ApiProperty({ type: String, nullable: true })
  sha256!: string | null;

  @ApiProperty()
  download_url!: string;
}

export class SdcppHuggingFaceQuery {
  @ApiProperty({ example: 'stabilityai/sdxl-turbo' })
  @IsString({ message: 'repo_id must be the name of a repository' })
  repo_id!: string;

  @ApiProperty({ example: 'sd_xl_turbo_1.0.safetensors' })
  @IsString({ message: 'filename must be a path in the repository' })
  filename!: string;

  @Text('`main` unless given.')
  revision?: string;
}

export class SdcppHuggingFaceDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty()
  repo_id!: string;

  @ApiProperty()
  filename!: string;

  @ApiProperty()
  revision!: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Bytes.' })
  file_size!: number | null;

  @ApiProperty()
  download_url!: string;
}

export class SdcppUploadedDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty()
  filename!: string;

  @ApiProperty({ enum: MODEL_TYPES })
  model_type!: ModelType;

  @ApiProperty({ type: 'integer' })
  size_bytes!: number;

  @ApiProperty({ description: 'On the disk of the server.' })
  full_path!: string;

  @ApiPropertyOptional()
  subfolder?: string;
}

/** Seed sdcpp-restapi, "Model Conversion"; the web UI names the type and a title besides. */
export class SdcppConvertDto {
  @ApiProperty({ description: "A model's name or path." })
  @IsString({ message: 'input_path must be the path of a model' })
  input_path!: string;

  @ApiProperty({ example: 'q8_0' })
  @IsString({ message: 'output_type must be a quantization type' })
  output_type!: string;

  @Text('Beside the model unless given.')
  output_path?: string;

  @Text('VAE to bake into the model.')
  vae_path?: string;

  @Text()
  tensor_type_rules?: string;

  @Text()
  title?: string;

  @ApiPropertyOptional({ enum: MODEL_TYPES })
  @Optional()
  @IsIn(MODEL_TYPES, { message: `model_type must be one of ${MODEL_TYPES.join(', ')}` })
  model_type?: ModelType;
}

export class SdcppConversionDto {
  @ApiProperty({ format: 'uuid' })
  job_id!: string;

  @ApiProperty({ enum: ['pending'] })
  status!: 'pending';

  @ApiProperty({ type: 'integer' })
  position!: number;

  @ApiProperty({ description: 'On the disk of the server.' })
  output_path!: string;
}

export function toCivitai(
  file: CivitaiFile,
  ids: SdcppCivitaiQuery['ids'] = 'text',
): SdcppCivitaiDto {
  const shown = (id: number): string | number => (ids === 'number' ? id : String(id));
  return {
    success: true,
    model_id: shown(file.modelId),
    version_id: shown(file.versionId),
    name: file.name,
    version_name: file.versionName,
    type: file.type,
    base_model: file.baseModel,
    filename: file.filename,
    file_size: file.size,
    sha256: file.sha256,
    download_url: file.downloadUrl,
  };
}

export function toHuggingFace(file: HuggingFaceFile): SdcppHuggingFaceDto {
  return {
    success: true,
    repo_id: file.repoId,
    filename: file.filename,
    revision: file.revision,
    file_size: file.size,
    download_url: file.downloadUrl,
  };
}
