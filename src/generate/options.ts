import type { ImageRequest, LoadOptions, ModelFiles } from '../engine/index.js';

interface Described {
  /** A sentence for the manual. */
  doc: string;
}

export interface NumberOption extends Described {
  type: 'integer' | 'number';
  min: number;
  max: number;
  /** Must be a multiple of it. */
  multipleOf?: number;
  /** What a request that says nothing gets where the model recommends nothing; absent: the engine's choice. */
  default?: number;
  /** What it is called in the engine's request. */
  request?: keyof ImageRequest;
  /** What it is called among the ways to load a model. */
  load?: keyof LoadOptions;
}

export interface BooleanOption extends Described {
  type: 'boolean';
  load: keyof LoadOptions;
}

/** A name out of a list that the engine knows. */
export interface ChoiceOption extends Described {
  type: 'sampler' | 'scheduler';
  request: keyof ImageRequest;
}

export interface TextOption extends Described {
  type: 'prompt' | 'model';
  default: string;
  request?: keyof ImageRequest;
}

/** A whole number, or `"random"`. */
export interface SeedOption extends Described {
  type: 'seed';
  request: 'seed';
}

/** Name of a file in a models folder that takes a part of the model. */
export interface ComponentOption extends Described {
  type: 'component';
  part: keyof ModelFiles;
}

/** Documented elsewhere and known here, but refused; `doc` says why. */
export interface RefusedOption extends Described {
  type: 'refused';
}

export type GenerationOption =
  | NumberOption
  | BooleanOption
  | ChoiceOption
  | TextOption
  | SeedOption
  | ComponentOption
  | RefusedOption;

/** The largest seed: beyond it JSON numbers are no longer exact in JavaScript. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER;

/**
 * Every option of a generation, declared once: checks, defaults, the engine's request and the manual all
 * come from this table. Names, bounds and defaults are those of seed stable-diffusion-cpp-rest.
 */
export const OPTIONS: Readonly<Record<string, GenerationOption>> = {
  model_name: {
    type: 'model',
    default: '',
    doc: 'Name or id of the model; empty: the default model.',
  },
  prompt: {
    type: 'prompt',
    default: '',
    request: 'prompt',
    doc: 'What to draw. `(word:1.2)` weighs a word.',
  },
  negative_prompt: {
    type: 'prompt',
    default: '',
    request: 'negativePrompt',
    doc: 'What to keep out of the picture.',
  },
  width: {
    type: 'integer',
    min: 64,
    max: 4096,
    multipleOf: 8,
    default: 1024,
    request: 'width',
    doc: 'Width in pixels.',
  },
  height: {
    type: 'integer',
    min: 64,
    max: 4096,
    multipleOf: 8,
    default: 1024,
    request: 'height',
    doc: 'Height in pixels.',
  },
  steps: {
    type: 'integer',
    min: 1,
    max: 150,
    default: 20,
    request: 'steps',
    doc: 'Sampling steps.',
  },
  cfg_scale: {
    type: 'number',
    min: 1,
    max: 30,
    default: 7,
    request: 'cfgScale',
    doc: 'How closely to follow the prompt.',
  },
  sampling_method: {
    type: 'sampler',
    request: 'sampler',
    doc: 'Sampler; without it the one the model wants.',
  },
  scheduler: {
    type: 'scheduler',
    request: 'scheduler',
    doc: 'Scheduler; without it the one the model wants.',
  },
  seed: {
    type: 'seed',
    request: 'seed',
    doc: 'Whole number, or "random" (also -1); picture n of a batch has seed + n.',
  },
  batch_count: {
    type: 'integer',
    min: 1,
    max: 50,
    default: 1,
    request: 'batchCount',
    doc: 'How many pictures.',
  },
  clip_skip: {
    type: 'integer',
    min: -1,
    max: 12,
    default: -1,
    request: 'clipSkip',
    doc: 'Layers of the text encoder left out at its end; -1: what the model wants.',
  },
  eta: {
    type: 'number',
    min: 0,
    max: 1,
    request: 'eta',
    doc: 'Noise that ancestral samplers add back.',
  },
  flow_shift: {
    type: 'number',
    min: 0,
    max: 100,
    request: 'flowShift',
    doc: 'Shift of the schedule of flow models.',
  },
  guidance: {
    type: 'number',
    min: 0,
    max: 100,
    request: 'distilledGuidance',
    doc: 'Guidance of distilled models.',
  },
  n_threads: {
    type: 'integer',
    min: 0,
    max: 512,
    load: 'threads',
    doc: 'Threads that compute; 0: as configured.',
  },
  offload_params_to_cpu: {
    type: 'boolean',
    load: 'offloadParamsToCpu',
    doc: 'Keep the weights in main memory and move them to the GPU when needed.',
  },
  clip_on_cpu: { type: 'boolean', load: 'clipOnCpu', doc: 'Run the text encoder on the CPU.' },
  vae_on_cpu: { type: 'boolean', load: 'vaeOnCpu', doc: 'Run the VAE on the CPU.' },
  diffusion_flash_attn: {
    type: 'boolean',
    load: 'flashAttention',
    doc: 'Flash attention in the diffusion model.',
  },
  diffusion_conv_direct: {
    type: 'boolean',
    load: 'diffusionConvDirect',
    doc: 'Direct convolution in the diffusion model.',
  },
  vae_conv_direct: {
    type: 'boolean',
    load: 'vaeConvDirect',
    doc: 'Direct convolution in the VAE.',
  },
  vae_path: {
    type: 'component',
    part: 'vae',
    doc: 'VAE to use instead, a file in a models folder.',
  },
  clip_l_path: {
    type: 'component',
    part: 'clipL',
    doc: 'CLIP-L text encoder to use instead, a file in a models folder.',
  },
  clip_g_path: {
    type: 'component',
    part: 'clipG',
    doc: 'CLIP-G text encoder to use instead, a file in a models folder.',
  },
  taesd_path: {
    type: 'component',
    part: 'taesd',
    doc: 'TAESD decoder to use instead, a file in a models folder.',
  },
  embedding_dir: { type: 'refused', doc: 'Embeddings are not supported yet.' },
  lora_model_dir: { type: 'refused', doc: 'LoRAs are not supported yet.' },
};
