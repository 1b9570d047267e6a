import type { EngineFacts } from './image-engine.js';

/** What the fake engine says of itself; its names are those of stable-diffusion.cpp at 9838264. */
export const FAKE_FACTS: EngineFacts = {
  name: 'fake',
  version: '0',
  commit: '0000000',
  systemInfo: 'none',
  physicalCores: 1,
  devices: [{ name: 'CPU', description: 'fake', type: 'cpu', memoryTotal: 0, memoryFree: 0 }],
  samplers: [
    ...['euler', 'euler_a', 'heun', 'dpm2', 'dpm++2s_a', 'dpm++2m', 'dpm++2mv2', 'ipndm'],
    ...['ipndm_v', 'lcm', 'ddim_trailing', 'tcd', 'res_multistep', 'res_2s', 'er_sde'],
    ...['euler_cfg_pp', 'euler_a_cfg_pp', 'euler_ge'],
  ],
  schedulers: [
    ...['discrete', 'karras', 'exponential', 'ays', 'gits', 'sgm_uniform', 'simple'],
    ...['smoothstep', 'kl_optimal', 'lcm', 'bong_tangent', 'ltx2'],
  ],
  weightTypes: [
    ...['f32', 'f16', 'q4_0', 'q4_1', 'q5_0', 'q5_1', 'q8_0', 'q8_1', 'q2_K', 'q3_K', 'q4_K'],
    ...['q5_K', 'q6_K', 'q8_K', 'iq2_xxs', 'iq4_nl', 'i8', 'i64', 'bf16', 'mxfp4'],
  ],
  rngTypes: ['std_default', 'cuda', 'cpu'],
  predictions: ['eps', 'v', 'edm_v', 'sd3_flow', 'flux_flow', 'flux2_flow'],
  loraApplyModes: ['auto', 'immediately', 'at_runtime'],
  hiresUpscalers: [
    ...['None', 'Latent', 'Latent (nearest)', 'Latent (nearest-exact)', 'Latent (antialiased)'],
    ...['Latent (bicubic)', 'Latent (bicubic antialiased)', 'Lanczos', 'Nearest', 'Model'],
  ],
  cacheModes: ['disabled', 'easycache', 'ucache', 'dbcache', 'taylorseer', 'cache-dit', 'spectrum'],
  vaeFormats: ['auto', 'flux', 'sd3', 'flux2'],
};
