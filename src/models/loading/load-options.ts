import type { PlainOption, Table } from './option.js';

/** How a model is loaded (stable-diffusion.h, sd_ctx_params_t); another choice here loads it anew. */
export const LOAD_OPTIONS = {
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
  control_net_on_cpu: {
    type: 'boolean',
    load: 'controlNetOnCpu',
    doc: 'Run ControlNet on the CPU.',
  },
  diffusion_flash_attn: {
    type: 'boolean',
    load: 'flashAttention',
    doc: 'Flash attention in the diffusion model.',
  },
  flash_attn: {
    type: 'boolean',
    load: 'flashAttentionEverywhere',
    doc: 'Flash attention everywhere.',
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
  enable_mmap: {
    type: 'boolean',
    load: 'enableMmap',
    doc: 'Map the weight files into memory instead of reading them.',
  },
  tae_preview_only: {
    type: 'boolean',
    load: 'taePreviewOnly',
    doc: 'Use the TAESD decoder for previews only.',
  },
  circular_x: {
    type: 'boolean',
    load: 'circularX',
    doc: 'Pictures that tile seamlessly from left to right.',
  },
  circular_y: {
    type: 'boolean',
    load: 'circularY',
    doc: 'Pictures that tile seamlessly from top to bottom.',
  },
  force_sdxl_vae_conv_scale: {
    type: 'boolean',
    load: 'forceSdxlVaeConvScale',
    doc: 'Scale the convolutions of the SDXL VAE.',
  },
  chroma_use_dit_mask: {
    type: 'boolean',
    load: 'chromaUseDitMask',
    doc: 'Mask in the diffusion model (Chroma).',
  },
  chroma_use_t5_mask: {
    type: 'boolean',
    load: 'chromaUseT5Mask',
    doc: 'Mask in the text encoder (Chroma).',
  },
  qwen_image_zero_cond_t: {
    type: 'boolean',
    load: 'qwenImageZeroCondT',
    doc: 'Zero the time of the condition (Qwen-Image).',
  },
  stream_layers: {
    type: 'boolean',
    load: 'streamLayers',
    doc: 'With max_vram: load the next layers while computing.',
  },
  chroma_t5_mask_pad: {
    type: 'integer',
    min: 0,
    max: 512,
    load: 'chromaT5MaskPad',
    doc: 'Padding of the mask (Chroma).',
  },
  max_vram: {
    type: 'number',
    min: -1,
    max: 4096,
    load: 'maxVram',
    doc: 'GiB of device memory for weights; 0: no limit, -1: what is free less 1.',
  },
  weight_type: {
    type: 'choice',
    of: 'weightTypes',
    load: 'weightType',
    doc: 'Weight type to convert to while loading; without it as in the file.',
  },
  rng_type: {
    type: 'choice',
    of: 'rngTypes',
    load: 'rngType',
    doc: 'Random number generator of the noise.',
  },
  sampler_rng_type: {
    type: 'choice',
    of: 'rngTypes',
    load: 'samplerRngType',
    doc: 'Random number generator of the sampler; without it as `rng_type`.',
  },
  prediction: {
    type: 'choice',
    of: 'predictions',
    load: 'prediction',
    doc: 'What the model predicts; without it found out from the model.',
  },
  lora_apply_mode: {
    type: 'choice',
    of: 'loraApplyModes',
    load: 'loraApplyMode',
    doc: 'How LoRAs are applied; all choices compute them beside the weights, since adding them to the weights ends this engine.',
  },
  vae_format: {
    type: 'choice',
    of: 'vaeFormats',
    load: 'vaeFormat',
    doc: 'Latent format of the VAE; without it found out from the model.',
  },
  tensor_type_rules: {
    type: 'text',
    load: 'tensorTypeRules',
    doc: 'Weight types for tensors by name: `pattern=type,pattern=type`.',
  },
} as const satisfies Table<PlainOption>;
