import type { JobDetails } from '../../../queue/index.js';
import { optionsOf } from './progress.js';

/** Options of the core that this API calls by another name. */
const RENAMED: Readonly<Record<string, string>> = {
  sampling_method: 'sampler',
  guidance: 'distilled_guidance',
  vae_relative_tile_size_x: 'vae_tile_rel_size_x',
  vae_relative_tile_size_y: 'vae_tile_rel_size_y',
  cache_reuse_threshold: 'easycache_threshold',
  cache_start_percent: 'easycache_start',
  cache_end_percent: 'easycache_end',
  cache_taylorseer_n_derivatives: 'taylorseer_n_derivatives',
  cache_taylorseer_skip_interval: 'taylorseer_skip_interval',
  cache_spectrum_w: 'spectrum_w',
  cache_spectrum_m: 'spectrum_m',
  cache_spectrum_lam: 'spectrum_lam',
  cache_spectrum_window_size: 'spectrum_window_size',
  cache_spectrum_flex_window: 'spectrum_flex_window',
  cache_spectrum_warmup_steps: 'spectrum_warmup_steps',
  cache_spectrum_stop_percent: 'spectrum_stop_percent',
  hires_fix: 'hires_enabled',
  hires_upscale_model: 'hires_model_path',
  hires_width: 'hires_target_width',
  hires_height: 'hires_target_height',
  high_noise_sampling_method: 'high_noise_sampler',
};

/** Options that both call the same. */
const SAME = new Set([
  'negative_prompt',
  'width',
  'height',
  'steps',
  'cfg_scale',
  'img_cfg_scale',
  'eta',
  'shifted_timestep',
  'extra_sample_args',
  'seed',
  'scheduler',
  'batch_count',
  'clip_skip',
  'slg_scale',
  'skip_layers',
  'slg_start',
  'slg_end',
  'custom_sigmas',
  'control_strength',
  'strength',
  'vae_tiling',
  'vae_tile_size_x',
  'vae_tile_size_y',
  'vae_tile_overlap',
  'cache_mode',
  'pm_style_strength',
  'hires_upscaler',
  'hires_scale',
  'hires_steps',
  'hires_denoising_strength',
  'hires_upscale_tile_size',
  'circular_x',
  'circular_y',
  'video_frames',
  'fps',
  'flow_shift',
  'high_noise_steps',
  'high_noise_cfg_scale',
  'moe_boundary',
  'vace_strength',
  'upscale_factor',
  'tile_size',
]);

interface Lora {
  name: string;
  multiplier: number;
}

function isLora(value: unknown): value is Lora {
  const { name, multiplier } = (value ?? {}) as Partial<Lora>;
  return typeof name === 'string' && typeof multiplier === 'number';
}

/** This API knows LoRAs as tags in the prompt only. */
function promptOf({ prompt, loras }: Record<string, unknown>): string {
  const tags = (Array.isArray(loras) ? loras : [])
    .filter(isLora)
    .map(({ name, multiplier }) => `<lora:${name}:${multiplier}>`);
  return [typeof prompt === 'string' ? prompt : '', ...tags].filter(Boolean).join(' ');
}

function nameOf(option: string): string | undefined {
  return RENAMED[option] ?? (SAME.has(option) ? option : undefined);
}

function translated(options: Record<string, unknown>): Record<string, unknown> {
  const params: Record<string, unknown> = { prompt: promptOf(options) };
  for (const [option, value] of Object.entries(options)) {
    const name = nameOf(option);
    if (name !== undefined) params[name] = value;
  }
  return params;
}

/**
 * What was asked for in the words of this API, such that it can be asked for again: what a client sent, or
 * what that would have been where the job came in another way. Input pictures are left out.
 */
export function paramsOf({
  kind,
  origin,
  parameters,
}: Pick<JobDetails, 'kind' | 'origin' | 'parameters'>): Record<string, unknown> {
  if (origin?.dialect === 'sdcpp') return origin.params;
  if (kind === 'download' || kind === 'hash' || kind === 'convert') return {};
  const params = translated(optionsOf(parameters));
  if (kind !== 'upscale') return params;
  const { upscale_factor, tile_size } = params;
  return { upscale_factor, tile_size };
}
