import type { Field, Fields } from '../../fields.js';

function number(label: string, to: string, fallback?: number): Field {
  return fallback === undefined ? { label, to } : { label, to, default: fallback };
}

/** Guidance by layers, tiles, results kept between steps, and a second pass. */
export const TECHNIQUES: Fields = {
  slg_scale: number('SLG scale', 'slg_scale', 0),
  skip_layers: { label: 'SLG layers', to: 'skip_layers', idle: [[]], default: [7, 8, 9] },
  slg_start: number('SLG begins', 'slg_start', 0.01),
  slg_end: number('SLG ends', 'slg_end', 0.2),
  vae_tiling: { label: 'VAE in tiles', to: 'vae_tiling', default: false },
  vae_tile_size_x: { label: 'Width of a tile', to: 'vae_tile_size_x', idle: [0], default: 0 },
  vae_tile_size_y: { label: 'Height of a tile', to: 'vae_tile_size_y', idle: [0], default: 0 },
  vae_tile_overlap: number('Overlap of tiles', 'vae_tile_overlap', 0.5),
  vae_tile_rel_size_x: {
    label: 'Width of a tile as a share',
    to: 'vae_relative_tile_size_x',
    idle: [0],
    default: 0,
  },
  vae_tile_rel_size_y: {
    label: 'Height of a tile as a share',
    to: 'vae_relative_tile_size_y',
    idle: [0],
    default: 0,
  },
  cache_mode: { label: 'Cache', to: 'cache_mode', default: '' },
  easycache: {
    label: 'EasyCache',
    idle: 'any',
    type: 'boolean',
    doc: 'The same as the cache mode `easycache`, which counts where both are given.',
    default: false,
  },
  easycache_threshold: number('Threshold of the cache', 'cache_reuse_threshold', 0.2),
  easycache_start: number('Cache begins', 'cache_start_percent', 0.15),
  easycache_end: number('Cache ends', 'cache_end_percent', 0.95),
  taylorseer_n_derivatives: number('TaylorSeer: order', 'cache_taylorseer_n_derivatives'),
  taylorseer_skip_interval: number('TaylorSeer: interval', 'cache_taylorseer_skip_interval'),
  spectrum_w: number('Spectrum: weight', 'cache_spectrum_w'),
  spectrum_m: number('Spectrum: order', 'cache_spectrum_m'),
  spectrum_lam: number('Spectrum: regularisation', 'cache_spectrum_lam'),
  spectrum_window_size: number('Spectrum: window', 'cache_spectrum_window_size'),
  spectrum_flex_window: number('Spectrum: growth of the window', 'cache_spectrum_flex_window'),
  spectrum_warmup_steps: number('Spectrum: steps before it', 'cache_spectrum_warmup_steps'),
  spectrum_stop_percent: number('Spectrum: end', 'cache_spectrum_stop_percent'),
  hires_enabled: { label: 'Second pass', to: 'hires_fix', idle: [false], default: false },
  hires_upscaler: { label: 'How the second pass enlarges', to: 'hires_upscaler' },
  hires_model_path: { label: 'Upscaler of the second pass', to: 'hires_upscale_model' },
  hires_scale: { label: 'Scale of the second pass', to: 'hires_scale', idle: [0] },
  hires_target_width: { label: 'Width after the second pass', to: 'hires_width', idle: [0] },
  hires_target_height: { label: 'Height after the second pass', to: 'hires_height', idle: [0] },
  hires_steps: { label: 'Steps of the second pass', to: 'hires_steps', idle: [0] },
  hires_denoising_strength: {
    label: 'Strength of the second pass',
    to: 'hires_denoising_strength',
    idle: [0],
  },
  hires_upscale_tile_size: number('Tiles of the second pass', 'hires_upscale_tile_size'),
  circular_x: { label: 'Seamless from left to right', to: 'circular_x', idle: [false] },
  circular_y: { label: 'Seamless from top to bottom', to: 'circular_y', idle: [false] },
};

/** Sampling of the high-noise model of a pair; 0 and what is empty stand for "as the other one". */
export const HIGH_NOISE: Fields = {
  high_noise_steps: { label: 'Steps', to: 'high_noise_steps', idle: [-1, 0], default: -1 },
  high_noise_cfg_scale: { label: 'CFG scale', to: 'high_noise_cfg_scale', idle: [0], default: 7 },
  high_noise_img_cfg: {
    label: 'CFG scale of the picture',
    to: 'high_noise_img_cfg_scale',
    idle: [-1, 0],
  },
  high_noise_sampler: { label: 'Sampler', to: 'high_noise_sampling_method', default: '' },
  high_noise_scheduler: { label: 'Scheduler', to: 'high_noise_scheduler', default: '' },
  high_noise_eta: number('Eta', 'high_noise_eta'),
  high_noise_shifted_timestep: {
    label: 'Shifted time step',
    to: 'high_noise_shifted_timestep',
    idle: [0],
  },
  high_noise_flow_shift: {
    label: 'Flow shift',
    to: 'high_noise_flow_shift',
    idle: [0, 'Infinity', 'auto'],
  },
  high_noise_extra_sample_args: {
    label: 'More for the sampler',
    to: 'high_noise_extra_sample_args',
  },
  high_noise_custom_sigmas: {
    label: 'Noise levels',
    to: 'high_noise_custom_sigmas',
    idle: [[]],
  },
  high_noise_distilled_guidance: {
    label: 'Distilled guidance',
    to: 'high_noise_guidance',
    idle: [0],
    default: 3.5,
  },
  high_noise_slg_scale: number('SLG scale', 'high_noise_slg_scale', 0),
  high_noise_skip_layers: {
    label: 'SLG layers',
    to: 'high_noise_skip_layers',
    idle: [[]],
    default: [7, 8, 9],
  },
  high_noise_slg_start: number('SLG begins', 'high_noise_slg_start', 0.01),
  high_noise_slg_end: number('SLG ends', 'high_noise_slg_end', 0.2),
};
