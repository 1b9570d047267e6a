import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadExample, made } from '../../support/sdcpp-jobs.js';
import { pictureBase64, startSdcpp, type SdcppServer } from '../../support/sdcpp.js';

let sdcpp: SdcppServer;
let picture: string;

beforeAll(async () => {
  sdcpp = await startSdcpp();
  picture = await pictureBase64();
});

afterAll(() => sdcpp.close());

const SMALL = { width: 64, height: 64, steps: 2 };

describe('the fields of POST /txt2img', () => {
  beforeAll(() => loadExample(sdcpp, 'SD1.5'));

  it('takes the fields of the document, each with its documented default', async () => {
    const job = await made(sdcpp, '/txt2img', {
      prompt: 'a cat',
      ...SMALL,
      distilled_guidance: 3.5,
      eta: 0.0,
      shifted_timestep: 0,
      slg_scale: 0.0,
      skip_layers: [7, 8, 9],
      slg_start: 0.01,
      slg_end: 0.2,
      custom_sigmas: [],
      ref_images: [],
      auto_resize_ref_image: true,
      increase_ref_index: false,
      control_strength: 0.9,
      vae_tiling: false,
      vae_tile_size_x: 0,
      vae_tile_size_y: 0,
      vae_tile_overlap: 0.5,
      easycache: false,
      easycache_threshold: 0.2,
      easycache_start: 0.15,
      easycache_end: 0.95,
      pm_id_images: [],
      pm_id_embed_path: '',
      pm_style_strength: 20.0,
      upscale: false,
      upscale_repeats: 1,
      upscale_auto_unload: true,
    });
    const { options } = job.parameters;
    expect(options).toMatchObject({ guidance: 3.5, eta: 0 });
    for (const idle of ['slg_scale', 'cache_reuse_threshold', 'pm_style_strength', 'upscale'])
      expect(options).not.toHaveProperty(idle);
  });

  it('gives the engine what the fields of the document say', async () => {
    await made(sdcpp, '/txt2img', {
      prompt: 'a cat',
      ...SMALL,
      seed: 42,
      batch_count: 2,
      slg_scale: 2.5,
      skip_layers: [7, 8],
      slg_start: 0.02,
      slg_end: 0.3,
      custom_sigmas: [14.6, 1, 0],
      ref_images: [picture, `data:image/png;base64,${picture}`],
      auto_resize_ref_image: false,
      increase_ref_index: true,
      shifted_timestep: 250,
      vae_tiling: true,
      vae_tile_size_x: 32,
      vae_tile_size_y: 64,
      vae_tile_overlap: 0.25,
      easycache: true,
      easycache_threshold: 0.3,
      easycache_start: 0.1,
      easycache_end: 0.9,
      pm_id_images: [picture],
      pm_style_strength: 30,
    });
    expect(sdcpp.engine.requests.at(-1)).toMatchObject({
      seed: 42,
      batchCount: 2,
      slg: { scale: 2.5, layers: [7, 8], layerStart: 0.02, layerEnd: 0.3 },
      customSigmas: [14.6, 1, 0],
      refImages: [{ width: 32 }, { width: 32 }],
      autoResizeRefImage: false,
      increaseRefIndex: true,
      shiftedTimestep: 250,
      vaeTiling: { enabled: true, tileSizeX: 32, tileSizeY: 64, targetOverlap: 0.25 },
      cache: { mode: 'easycache', reuseThreshold: 0.3, startPercent: 0.1, endPercent: 0.9 },
      photoMaker: { idImages: [{ width: 32 }], styleStrength: 30 },
    });
  });

  it('gives the engine what the further fields of the web UI say', async () => {
    await made(sdcpp, '/txt2img', {
      prompt: 'a cat',
      ...SMALL,
      extra_sample_args: 'a=1',
      img_cfg_scale: 1.5,
      flow_shift: 2,
      vae_tiling: true,
      vae_tile_rel_size_x: 2,
      vae_tile_rel_size_y: 3,
      cache_mode: 'spectrum',
      spectrum_w: 0.5,
      spectrum_m: 5,
      spectrum_lam: 0.5,
      spectrum_window_size: 3,
      spectrum_flex_window: 0.5,
      spectrum_warmup_steps: 2,
      spectrum_stop_percent: 0.8,
      hires_enabled: true,
      hires_upscaler: 'latent_nearest_exact',
      hires_scale: 2,
      hires_target_width: 0,
      hires_target_height: 0,
      hires_steps: 0,
      hires_denoising_strength: 0.7,
      circular_x: true,
      circular_y: false,
    });
    expect(sdcpp.engine.requests.at(-1)).toMatchObject({
      extraSampleArgs: 'a=1',
      imgCfgScale: 1.5,
      flowShift: 2,
      vaeTiling: { relSizeX: 2, relSizeY: 3 },
      cache: { mode: 'spectrum', spectrumW: 0.5, spectrumWindowSize: 3 },
      hires: { enabled: true, upscaler: 'Latent (nearest-exact)', scale: 2 },
    });
    expect(sdcpp.engine.loads.at(-1)?.options).toMatchObject({ circularX: true });
    await made(sdcpp, '/txt2img', {
      prompt: 'a cat',
      ...SMALL,
      cache_mode: 'taylorseer',
      taylorseer_n_derivatives: 1,
      taylorseer_skip_interval: 2,
    });
    expect(sdcpp.engine.requests.at(-1)).toMatchObject({
      cache: { mode: 'taylorseer', taylorseerNDerivatives: 1, taylorseerSkipInterval: 2 },
    });
  });

  it('takes numbers as texts, as the original does', async () => {
    const { parameters } = await made(sdcpp, '/txt2img', {
      prompt: 'a cat',
      width: '64',
      height: ' 64 ',
      steps: '2',
      cfg_scale: '6.5',
      seed: '42',
      custom_sigmas: ['14.6', '0'],
    });
    expect(parameters.options).toMatchObject({
      width: 64,
      steps: 2,
      cfg_scale: 6.5,
      seed: 42,
      custom_sigmas: [14.6, 0],
    });
  });

  it('takes what asks for nothing, whatever this engine lacks', async () => {
    const job = await made(sdcpp, '/txt2img', {
      prompt: 'a cat',
      ...SMALL,
      title: 'My cat',
      negative_prompt: '',
      img_cfg_scale: -1,
      ref_image_args: '',
      ip_adapter_image_base64: '',
      ip_adapter_strength: 0.6,
      pulid_id_embedding_path: '',
      pulid_id_weight: 1.0,
      qwen_image_layers: 0,
      cache_mode: '',
      expand_prompt: false,
      hires_enabled: false,
      hires_model_path: '',
      hires_scale: 99,
      control_image_base64: null,
    });
    expect(Object.keys(job.parameters.options)).not.toContain('hires_scale');
  });
});
