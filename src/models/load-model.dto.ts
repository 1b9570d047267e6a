import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Optional } from '../common/index.js';
import type { LoadOptions, ModelFiles } from '../engine/index.js';
import type { ModelType } from './model-type.js';

/** The most threads that the engine takes. */
const MAX_THREADS = 512;

/** The name of a model that takes a part of another one. */
function Component(what: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      required: false,
      maxLength: 1000,
      description: `${what}: a model's name, id or path.`,
    }),
    Optional(),
    IsString({ message: '$property must be the name of a model' }),
    MaxLength(1000, { message: '$property must be the name of a model' }),
  );
}

function Flag(description: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ required: false, description }),
    Optional(),
    IsBoolean({ message: '$property must be true or false' }),
  );
}

/** How a model is to be loaded: files that take a part of it, and where and how it computes. */
export class LoadModelDto {
  @Component('VAE')
  vae?: string;

  @Component('Small decoder (TAESD)')
  taesd?: string;

  @Component('CLIP-L text encoder')
  clip_l?: string;

  @Component('CLIP-G text encoder')
  clip_g?: string;

  @Component('T5-XXL text encoder')
  t5xxl?: string;

  @Component('Language model that encodes the text')
  llm?: string;

  @Component('Vision part of the language model')
  llm_vision?: string;

  @Component('CLIP vision encoder')
  clip_vision?: string;

  @Component('ControlNet')
  controlnet?: string;

  @Component('Second diffusion model, for the noisy steps of a video')
  high_noise_diffusion_model?: string;

  @ApiProperty({
    required: false,
    maxLength: 16,
    example: 'q8_0',
    description: 'Weight type to convert to while loading; without it as in the file.',
  })
  @Optional()
  @IsString({ message: 'weight_type must be a weight type of the engine' })
  @MaxLength(16, { message: 'weight_type must be a weight type of the engine' })
  weight_type?: string;

  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 0,
    maximum: MAX_THREADS,
    description: 'Threads that compute; 0: as configured.',
  })
  @Optional()
  @IsInt({ message: 'n_threads must be a whole number' })
  @Min(0, { message: 'n_threads must be 0 or more' })
  @Max(MAX_THREADS, { message: `n_threads must be ${MAX_THREADS} or less` })
  n_threads?: number;

  @Flag('Keep the weights in main memory and move them to the GPU when needed.')
  offload_params_to_cpu?: boolean;

  @Flag('Run the text encoder on the CPU.')
  clip_on_cpu?: boolean;

  @Flag('Run the VAE on the CPU.')
  vae_on_cpu?: boolean;

  @Flag('Run ControlNet on the CPU.')
  control_net_on_cpu?: boolean;

  @Flag('Map the weight files into memory instead of reading them.')
  enable_mmap?: boolean;

  @Flag('Flash attention everywhere.')
  flash_attn?: boolean;

  @Flag('Flash attention in the diffusion model.')
  diffusion_flash_attn?: boolean;

  @Flag('Direct convolution in the diffusion model.')
  diffusion_conv_direct?: boolean;

  @Flag('Direct convolution in the VAE.')
  vae_conv_direct?: boolean;
}

interface LoadComponent {
  field: keyof LoadModelDto;
  part: keyof ModelFiles;
  /** What may take the part; one folder often holds all text encoders. */
  types: readonly ModelType[];
}

/** The components of a request to load. */
export const LOAD_COMPONENTS: readonly LoadComponent[] = [
  { field: 'vae', part: 'vae', types: ['vae', 'taesd'] },
  { field: 'taesd', part: 'taesd', types: ['taesd', 'vae'] },
  { field: 'clip_l', part: 'clipL', types: ['clip', 't5', 'llm'] },
  { field: 'clip_g', part: 'clipG', types: ['clip', 't5', 'llm'] },
  { field: 't5xxl', part: 't5xxl', types: ['t5', 'clip', 'llm'] },
  { field: 'llm', part: 'llm', types: ['llm', 'clip', 't5'] },
  { field: 'llm_vision', part: 'llmVision', types: ['llm', 'clip'] },
  { field: 'clip_vision', part: 'clipVision', types: ['clip'] },
  { field: 'controlnet', part: 'controlNet', types: ['controlnet'] },
  {
    field: 'high_noise_diffusion_model',
    part: 'highNoiseDiffusionModel',
    types: ['diffusion', 'checkpoint'],
  },
];

/** The options of a request to load, by what the engine calls them. */
const LOAD_OPTIONS: ReadonlyArray<[keyof LoadModelDto, keyof LoadOptions]> = [
  ['n_threads', 'threads'],
  ['offload_params_to_cpu', 'offloadParamsToCpu'],
  ['clip_on_cpu', 'clipOnCpu'],
  ['vae_on_cpu', 'vaeOnCpu'],
  ['control_net_on_cpu', 'controlNetOnCpu'],
  ['enable_mmap', 'enableMmap'],
  ['weight_type', 'weightType'],
  ['flash_attn', 'flashAttentionEverywhere'],
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
