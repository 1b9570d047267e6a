import type { Fields } from '../../fields.js';

const NO_ADAPTER = 'this engine has no IP-Adapter';
const ONE_MACHINE = 'which devices compute is for the operator of this server to say';

/** The parts of a model in a request to load it (seed sdcpp-restapi, "Load Model"; the web UI). */
export const COMPONENTS: Fields = {
  vae: { label: 'VAE', to: 'vae_path' },
  clip_l: { label: 'CLIP-L', to: 'clip_l_path' },
  clip_g: { label: 'CLIP-G', to: 'clip_g_path' },
  clip_vision: { label: 'CLIP vision', to: 'clip_vision_path' },
  t5xxl: { label: 'T5-XXL', to: 't5xxl_path' },
  controlnet: { label: 'ControlNet', to: 'control_net' },
  llm: { label: 'Language model', to: 'llm_path' },
  llm_vision: { label: 'Vision part of the language model', to: 'llm_vision_path' },
  taesd: { label: 'TAESD', to: 'taesd_path' },
  high_noise_diffusion_model: {
    label: 'High-noise diffusion model',
    to: 'high_noise_diffusion_model_path',
  },
  photo_maker: { label: 'PhotoMaker', to: 'photo_maker' },
  ip_adapter: { label: 'IP-Adapter', refused: NO_ADAPTER },
  motion_module: { label: 'Motion module', refused: 'this engine has no motion modules' },
};

/**
 * How a model is loaded. What is not said is the engine's own choice and the server's, not the document's:
 * so a model that is loaded in the same way by any API is one model in memory.
 */
export const LOAD_OPTIONS: Fields = {
  n_threads: { label: 'Threads', to: 'n_threads', idle: [-1, 0], default: -1 },
  keep_clip_on_cpu: { label: 'Text encoders on the CPU', to: 'clip_on_cpu', default: true },
  keep_vae_on_cpu: { label: 'VAE on the CPU', to: 'vae_on_cpu', default: false },
  keep_controlnet_on_cpu: {
    label: 'ControlNet on the CPU',
    to: 'control_net_on_cpu',
    default: false,
  },
  vae_conv_direct: {
    label: 'Direct convolution in the VAE',
    to: 'vae_conv_direct',
    default: false,
  },
  diffusion_conv_direct: {
    label: 'Direct convolution in the diffusion model',
    to: 'diffusion_conv_direct',
    default: false,
  },
  flash_attn: { label: 'Flash attention', to: 'flash_attn', default: true },
  diffusion_flash_attn: {
    label: 'Flash attention in the diffusion model',
    to: 'diffusion_flash_attn',
  },
  offload_to_cpu: { label: 'Weights in main memory', to: 'offload_params_to_cpu', default: false },
  enable_mmap: { label: 'Map the weight files', to: 'enable_mmap', default: true },
  vae_decode_only: {
    label: 'VAE for decoding only',
    idle: 'any',
    type: 'boolean',
    doc: 'Without effect: the engine reads the encoder when it is needed.',
    default: true,
  },
  tae_preview_only: { label: 'TAESD for previews only', to: 'tae_preview_only', default: false },
  free_params_immediately: {
    label: 'Free the weights at once',
    idle: [false],
    refused: 'the server decides what stays in memory',
    type: 'boolean',
    doc: 'The server decides what stays in memory.',
    default: false,
  },
  flow_shift: { label: 'Flow shift', to: 'flow_shift', idle: [0, 'Infinity', 'auto'] },
  weight_type: { label: 'Weight type', to: 'weight_type', idle: ['auto'], default: '' },
  tensor_type_rules: { label: 'Weight types by tensor', to: 'tensor_type_rules', default: '' },
  rng_type: { label: 'Random numbers', to: 'rng_type', default: 'cuda' },
  sampler_rng_type: { label: 'Random numbers of the sampler', to: 'sampler_rng_type', default: '' },
  prediction: { label: 'Prediction', to: 'prediction', idle: ['auto'], default: '' },
  lora_apply_mode: {
    label: 'How LoRAs are added',
    to: 'lora_apply_mode',
    idle: ['immediately'],
    default: 'auto',
  },
  vae_tiling: { label: 'VAE in tiles', to: 'vae_tiling', default: false },
  vae_tile_size_x: { label: 'Width of a tile', to: 'vae_tile_size_x', idle: [0], default: 0 },
  vae_tile_size_y: { label: 'Height of a tile', to: 'vae_tile_size_y', idle: [0], default: 0 },
  vae_tile_overlap: { label: 'Overlap of tiles', to: 'vae_tile_overlap', default: 0.5 },
  chroma_use_dit_mask: {
    label: 'Chroma: mask in the diffusion model',
    to: 'chroma_use_dit_mask',
    default: true,
  },
  chroma_use_t5_mask: {
    label: 'Chroma: mask in the text encoder',
    to: 'chroma_use_t5_mask',
    default: false,
  },
  chroma_t5_mask_pad: {
    label: 'Chroma: padding of the mask',
    to: 'chroma_t5_mask_pad',
    default: 1,
  },
  force_sdxl_vae_conv_scale: {
    label: 'Scale the VAE of SDXL',
    to: 'force_sdxl_vae_conv_scale',
    default: false,
  },
  max_vram: { label: 'Device memory for weights (GiB)', to: 'max_vram', idle: [0], default: 0 },
  stream_layers: { label: 'Stream layers', to: 'stream_layers', default: false },
  vae_format: {
    label: 'Latent format of the VAE',
    to: 'vae_format',
    idle: ['auto'],
    default: 'auto',
  },
  eager_load: {
    label: 'Read all weights at once',
    idle: 'any',
    type: 'boolean',
    doc: 'Without effect: a model is always tried out before it counts as loaded.',
    default: false,
  },
  model_args: {
    label: 'Further arguments',
    refused: 'this engine takes none',
    type: 'string',
    doc: 'This engine takes none.',
    default: '',
  },
  backend: {
    label: 'Device',
    refused: ONE_MACHINE,
    type: 'string',
    doc: 'As configured.',
    default: '',
  },
  params_backend: {
    label: 'Device of the weights',
    refused: ONE_MACHINE,
    type: 'string',
    doc: 'As configured.',
    default: '',
  },
  rpc_servers: {
    label: 'Servers that compute',
    refused: 'the server computes on its own machine',
    type: 'string',
    doc: 'The server computes on its own machine.',
    default: '',
  },
};
