import { Injectable } from '@nestjs/common';
import { ModelsService, type Model } from '../../../models/index.js';
import type { JobDetails } from '../../../queue/index.js';
import { optionsOf } from './progress.js';

/** Parts of a model as this API names them, by the option of the core that names the file. */
const COMPONENTS: Readonly<Record<string, string>> = {
  vae_path: 'vae',
  taesd_path: 'taesd',
  clip_l_path: 'clip_l',
  clip_g_path: 'clip_g',
  clip_vision_path: 'clip_vision',
  t5xxl_path: 't5xxl',
  llm_path: 'llm',
  llm_vision_path: 'llm_vision',
  control_net: 'controlnet',
  photo_maker: 'photo_maker',
  high_noise_diffusion_model_path: 'high_noise_diffusion_model',
};

/** Ways to load a model as this API names them, by the option of the core. */
const LOAD_OPTIONS: Readonly<Record<string, string>> = {
  n_threads: 'n_threads',
  clip_on_cpu: 'keep_clip_on_cpu',
  vae_on_cpu: 'keep_vae_on_cpu',
  control_net_on_cpu: 'keep_controlnet_on_cpu',
  flash_attn: 'flash_attn',
  diffusion_flash_attn: 'diffusion_flash_attn',
  offload_params_to_cpu: 'offload_to_cpu',
  enable_mmap: 'enable_mmap',
  vae_conv_direct: 'vae_conv_direct',
  diffusion_conv_direct: 'diffusion_conv_direct',
  tae_preview_only: 'tae_preview_only',
  weight_type: 'weight_type',
  tensor_type_rules: 'tensor_type_rules',
  rng_type: 'rng_type',
  sampler_rng_type: 'sampler_rng_type',
  prediction: 'prediction',
  lora_apply_mode: 'lora_apply_mode',
  max_vram: 'max_vram',
  stream_layers: 'stream_layers',
  force_sdxl_vae_conv_scale: 'force_sdxl_vae_conv_scale',
  chroma_use_dit_mask: 'chroma_use_dit_mask',
  chroma_use_t5_mask: 'chroma_use_t5_mask',
  chroma_t5_mask_pad: 'chroma_t5_mask_pad',
};

/** With which model a job works, and how that is loaded. */
export interface ModelSettings {
  model_loaded: boolean;
  model_name: string | null;
  model_type: string | null;
  model_architecture: string | null;
  loaded_components: Record<string, unknown>;
  load_options: Record<string, unknown>;
  upscaler_loaded: boolean;
  upscaler_name: string | null;
}

function picked(
  options: Record<string, unknown>,
  names: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([option, name]) =>
      options[option] === undefined ? [] : [[name, options[option]]],
    ),
  );
}

/** Says with which models jobs work. */
@Injectable()
export class SdcppJobModels {
  constructor(private readonly models: ModelsService) {}

  /** A function that says it of each of many jobs; looks at the models once. */
  async teller(): Promise<(job: JobDetails) => ModelSettings> {
    const models = new Map((await this.models.list()).map((model) => [model.id, model]));
    return (job) => settingsOf(job, models);
  }
}

function settingsOf(job: JobDetails, models: ReadonlyMap<string, Model>): ModelSettings {
  const { model: asked } = (job.parameters ?? {}) as { model?: { id: string; name: string } };
  const model = asked && models.get(asked.id);
  const name = model?.relativePath ?? asked?.name ?? null;
  const enlarges = job.kind === 'upscale';
  const options = optionsOf(job.parameters);
  return {
    model_loaded: asked !== undefined && !enlarges,
    model_name: enlarges ? null : name,
    model_type: enlarges ? null : (model?.type ?? null),
    model_architecture: enlarges ? null : (model?.architecture ?? null),
    loaded_components: picked(options, COMPONENTS),
    load_options: picked(options, LOAD_OPTIONS),
    upscaler_loaded: enlarges,
    upscaler_name: enlarges ? name : null,
  };
}
