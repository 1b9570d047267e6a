import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import type { LoadOptions, ModelFiles } from '../engine/index.js';
import type { ModelType } from './model-type.js';

/** The name of a model that takes a part of another one. */
function Component(): PropertyDecorator {
  return applyDecorators(IsOptional(), IsString(), MaxLength(1000));
}

function Flag(): PropertyDecorator {
  return applyDecorators(IsOptional(), IsBoolean());
}

/** How a model is to be loaded: files that take a part of it, and where and how it computes. */
export class LoadModelDto {
  @Component() vae?: string;
  @Component() taesd?: string;
  @Component() clip_l?: string;
  @Component() clip_g?: string;
  @Component() t5xxl?: string;
  @Component() llm?: string;

  /** Threads that compute; 0: as configured. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(1024)
  n_threads?: number;

  /** Keep the weights in main memory and move them to the GPU when needed. */
  @Flag() offload_params_to_cpu?: boolean;
  @Flag() clip_on_cpu?: boolean;
  @Flag() vae_on_cpu?: boolean;
  @Flag() diffusion_flash_attn?: boolean;
  @Flag() diffusion_conv_direct?: boolean;
  @Flag() vae_conv_direct?: boolean;
}

interface LoadComponent {
  field: keyof LoadModelDto;
  part: keyof ModelFiles;
  /** What may take the part; one folder often holds all text encoders. */
  types: readonly [ModelType, ...ModelType[]];
}

/** The components of a request to load. */
export const LOAD_COMPONENTS: readonly LoadComponent[] = [
  { field: 'vae', part: 'vae', types: ['vae', 'taesd'] },
  { field: 'taesd', part: 'taesd', types: ['taesd', 'vae'] },
  { field: 'clip_l', part: 'clipL', types: ['clip', 't5', 'llm'] },
  { field: 'clip_g', part: 'clipG', types: ['clip', 't5', 'llm'] },
  { field: 't5xxl', part: 't5xxl', types: ['t5', 'clip', 'llm'] },
  { field: 'llm', part: 'llm', types: ['llm', 'clip', 't5'] },
];

/** The options of a request to load, by what the engine calls them. */
const LOAD_OPTIONS: ReadonlyArray<[keyof LoadModelDto, keyof LoadOptions]> = [
  ['n_threads', 'threads'],
  ['offload_params_to_cpu', 'offloadParamsToCpu'],
  ['clip_on_cpu', 'clipOnCpu'],
  ['vae_on_cpu', 'vaeOnCpu'],
  ['diffusion_flash_attn', 'flashAttention'],
  ['diffusion_conv_direct', 'diffusionConvDirect'],
  ['vae_conv_direct', 'vaeConvDirect'],
];

export function toLoadOptions(dto: LoadModelDto): LoadOptions {
  const given = LOAD_OPTIONS.filter(([field]) => dto[field] !== undefined);
  return Object.fromEntries(given.map(([field, option]) => [option, dto[field]]));
}

/** Load options in the words of the request. */
export function optionFields(options: LoadOptions): Record<string, unknown> {
  const given = LOAD_OPTIONS.filter(([, option]) => options[option] !== undefined);
  return Object.fromEntries(given.map(([field, option]) => [field, options[option]]));
}

/** File names by the fields of the request. */
export function componentFields(
  files: Partial<ModelFiles>,
  nameOf: (path: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    LOAD_COMPONENTS.flatMap(({ field, part }) => {
      const path = files[part];
      return path === undefined ? [] : [[field, nameOf(path)]];
    }),
  );
}
