import 'reflect-metadata';
import { plainToInstance, Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
  validateSync,
} from 'class-validator';
import type { ModelFiles } from '../engine/index.js';
import { MODEL_TYPES, type ModelType } from './model-type.js';

/** A plain file name: a manifest cannot reach out of its folder. */
const FILE_NAME = /^[^/\\\0]+$/;

class ManifestFiles {
  @IsOptional() @Matches(FILE_NAME) model?: string;
  @IsOptional() @Matches(FILE_NAME) diffusion_model?: string;
  @IsOptional() @Matches(FILE_NAME) high_noise_diffusion_model?: string;
  @IsOptional() @Matches(FILE_NAME) vae?: string;
  @IsOptional() @Matches(FILE_NAME) taesd?: string;
  @IsOptional() @Matches(FILE_NAME) clip_l?: string;
  @IsOptional() @Matches(FILE_NAME) clip_g?: string;
  @IsOptional() @Matches(FILE_NAME) clip_vision?: string;
  @IsOptional() @Matches(FILE_NAME) t5xxl?: string;
  @IsOptional() @Matches(FILE_NAME) llm?: string;
  @IsOptional() @Matches(FILE_NAME) llm_vision?: string;
}

class ManifestRecommended {
  @IsOptional() @IsInt() @IsPositive() width?: number;
  @IsOptional() @IsInt() @IsPositive() height?: number;
  @IsOptional() @IsInt() @IsPositive() steps?: number;
  @IsOptional() @IsNumber() cfg_scale?: number;
  @IsOptional() @IsString() sampler?: string;
  @IsOptional() @IsString() scheduler?: string;
}

/** Name of the file that puts several files together to one model. */
export const MANIFEST_NAME = 'model.json';

/** `model.json`: puts several files together to one model and says what suits it. */
export class ModelManifest {
  @IsString() @MaxLength(200) name!: string;
  @IsOptional() @IsString() description?: string;
  @IsIn(MODEL_TYPES) type!: ModelType;
  @IsOptional() @IsString() architecture?: string;
  @IsOptional() @IsString() license?: string;
  @IsObject() @ValidateNested() @Type(() => ManifestFiles) files!: ManifestFiles;
  @IsOptional()
  @ValidateNested()
  @Type(() => ManifestRecommended)
  recommended?: ManifestRecommended;
  @IsOptional() @IsIn(['proj', 'tae', 'vae']) preview?: 'proj' | 'tae' | 'vae';
}

/** The part of a model that each entry of a manifest's `files` is. */
export const MANIFEST_PARTS: Record<keyof ManifestFiles, keyof ModelFiles> = {
  model: 'model',
  diffusion_model: 'diffusionModel',
  high_noise_diffusion_model: 'highNoiseDiffusionModel',
  vae: 'vae',
  taesd: 'taesd',
  clip_l: 'clipL',
  clip_g: 'clipG',
  clip_vision: 'clipVision',
  t5xxl: 't5xxl',
  llm: 'llm',
  llm_vision: 'llmVision',
};

/** @throws Error that says what is wrong with the text of a `model.json`. */
export function parseManifest(text: string): ModelManifest {
  const manifest = plainToInstance(ModelManifest, JSON.parse(text));
  const errors = validateSync(manifest, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0)
    throw new Error(errors.map((error) => error.toString(false, false, '', true)).join(' '));
  return manifest;
}
