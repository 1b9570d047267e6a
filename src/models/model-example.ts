import type { ModelDetails, ModelFields } from './model.dto.js';

/** A model as the description of the API shows it. */
export const EXAMPLE_MODEL: ModelFields & { sha256: string } = {
  id: '3f1d7b6c2a105f0d',
  name: 'sd_xl_base_1.0.safetensors',
  path: 'checkpoints/sd_xl_base_1.0.safetensors',
  description: 'SDXL 1.0 Base Model, compositional expert.',
  type: 'checkpoint',
  detected_type: 'checkpoint',
  architecture: 'sdxl',
  format: 'safetensors',
  quantization: 'f16',
  parameters: 3_469_028_819,
  size: 6_938_078_334,
  size_category: 'large',
  modified: 1_763_700_000,
  loaded: true,
  sha256: '31e35c80fc4829d14f90153f4c74cd59c90b779f6afe05a74cd6120b893f7e5b',
  hash_status: 'ready',
  hash_progress: null,
  embedded: false,
  problem: null,
  recommended: {},
};

export const EXAMPLE_DETAILS: ModelDetails = {
  ...EXAMPLE_MODEL,
  files: { model: 'sd_xl_base_1.0.safetensors' },
  load: {
    since: 1_763_700_100,
    memory_estimate: 6_938_078_334,
    options: { vae_on_cpu: true },
    components: { vae: 'sdxl_vae.safetensors' },
  },
};

/** Requests to load. */
export const EXAMPLE_WAYS = {
  parts: { value: { vae: 'sdxl_vae', vae_on_cpu: true } },
  quickly: { value: { n_threads: 4, diffusion_flash_attn: true, weight_type: 'q8_0' } },
};
