/** What an architecture needs, and with what it draws best; in the words of this API. */
export interface ArchitecturePreset {
  id: string;
  /** For people. */
  name: string;
  /** As `model_architecture` tells it. */
  shortName: string;
  description: string;
  aliases: string[];
  /** Our names of what the tensors of a file say. */
  architectures: string[];
  /** Tells two apart whose tensors are alike; also for files that are not here. */
  nameRegex?: string;
  requiredComponents: Record<string, string>;
  optionalComponents: Record<string, string>;
  loadOptions: Record<string, unknown>;
  imageEditMode?: 'ref_images' | 'init_image';
  generationDefaults: Record<string, string | number | boolean>;
}

const SQUARE = { width: 1024, height: 1024 };
const FLOW = { ...SQUARE, cfg_scale: 1, steps: 20, sampler: 'euler', scheduler: 'simple' };
const UNET = { cfg_scale: 7, steps: 20, sampler: 'euler_a', scheduler: 'discrete' };

const CLIP_L = 'CLIP-L text encoder';
const T5 = 'T5-XXL text encoder';
const FLUX_VAE = 'VAE of Flux (ae.safetensors)';
const BETTER_VAE = { vae: 'Another VAE, for better colours' };
const GUIDES = { controlnet: 'ControlNet' };

/** The first that fits counts: those that are told by their name come before the others. */
export const PRESETS: readonly ArchitecturePreset[] = [
  {
    id: 'SD1',
    name: 'Stable Diffusion 1.x',
    shortName: 'SD1.5',
    description: 'All parts are in one file.',
    aliases: ['SD1.5', 'SD 1.5', 'SD1.4', 'SD 1.x'],
    architectures: ['sd1', 'sd1-inpaint', 'sd1-pix2pix'],
    nameRegex: String.raw`sd[-_. ]?1[._]?[45]|v1-5|stable-diffusion-v1`,
    requiredComponents: {},
    optionalComponents: { ...BETTER_VAE, ...GUIDES },
    loadOptions: {},
    imageEditMode: 'init_image',
    generationDefaults: { ...UNET, width: 512, height: 512 },
  },
  {
    id: 'SD2',
    name: 'Stable Diffusion 2.x',
    shortName: 'SD2',
    description: 'All parts are in one file.',
    aliases: ['SD2.1', 'SD 2.1', 'SD 2.x'],
    architectures: ['sd2', 'sd2-inpaint'],
    nameRegex: String.raw`sd[-_. ]?2[._]?[01]|v2-[01]`,
    requiredComponents: {},
    optionalComponents: BETTER_VAE,
    loadOptions: {},
    imageEditMode: 'init_image',
    generationDefaults: { ...UNET, width: 768, height: 768 },
  },
  {
    id: 'SDXL',
    name: 'Stable Diffusion XL',
    shortName: 'SDXL',
    description: 'All parts are in one file.',
    aliases: ['SDXL 1.0', 'SD XL', 'Pony', 'Illustrious'],
    architectures: ['sdxl', 'sdxl-inpaint', 'sdxl-vega', 'sdxl-ssd1b'],
    nameRegex: String.raw`sd[-_ ]?xl|pony|illustrious`,
    requiredComponents: {},
    optionalComponents: { ...BETTER_VAE, ...GUIDES },
    loadOptions: { flash_attn: true },
    imageEditMode: 'init_image',
    generationDefaults: { ...UNET, ...SQUARE, steps: 25 },
  },
  {
    id: 'SD3',
    name: 'Stable Diffusion 3 and 3.5',
    shortName: 'SD3',
    description: 'The text encoders are files of their own unless the checkpoint has them.',
    aliases: ['SD3.5', 'SD 3', 'SD 3.5'],
    architectures: ['sd3'],
    nameRegex: String.raw`sd[-_ ]?3(\.5)?[-_.]`,
    requiredComponents: { clip_l: CLIP_L, clip_g: 'CLIP-G text encoder', t5xxl: T5 },
    optionalComponents: BETTER_VAE,
    loadOptions: { keep_clip_on_cpu: true, flash_attn: true },
    imageEditMode: 'init_image',
    generationDefaults: { ...FLOW, cfg_scale: 4.5, steps: 28, scheduler: 'discrete' },
  },
  {
    id: 'Flux Schnell',
    name: 'FLUX.1 schnell',
    shortName: 'Flux',
    description: 'As FLUX.1 dev, in four steps.',
    aliases: ['Flux.1 Schnell', 'Schnell'],
    architectures: ['flux'],
    nameRegex: 'schnell',
    requiredComponents: { vae: FLUX_VAE, clip_l: CLIP_L, t5xxl: T5 },
    optionalComponents: {},
    loadOptions: { keep_clip_on_cpu: true, flash_attn: true },
    generationDefaults: { ...FLOW, steps: 4, distilled_guidance: 0 },
  },
  {
    id: 'Flux Kontext',
    name: 'FLUX.1 Kontext',
    shortName: 'Flux',
    description: 'Edits the pictures that it is given for reference.',
    aliases: ['Kontext'],
    architectures: ['flux'],
    nameRegex: 'kontext',
    requiredComponents: { vae: FLUX_VAE, clip_l: CLIP_L, t5xxl: T5 },
    optionalComponents: {},
    loadOptions: { keep_clip_on_cpu: true, flash_attn: true },
    imageEditMode: 'ref_images',
    generationDefaults: { ...FLOW, distilled_guidance: 2.5 },
  },
  {
    id: 'Flux',
    name: 'FLUX.1',
    shortName: 'Flux',
    description: 'The VAE and two text encoders are files of their own.',
    aliases: ['Flux.1', 'Flux Dev', 'Flux.1 Dev'],
    architectures: ['flux', 'flux-fill', 'flux-controls', 'flex-2'],
    nameRegex: String.raw`flux[-_.]?1`,
    requiredComponents: { vae: FLUX_VAE, clip_l: CLIP_L, t5xxl: T5 },
    optionalComponents: {},
    loadOptions: { keep_clip_on_cpu: true, flash_attn: true },
    imageEditMode: 'init_image',
    generationDefaults: { ...FLOW, distilled_guidance: 3.5 },
  },
  {
    id: 'Flux2 Klein',
    name: 'FLUX.2 klein',
    shortName: 'Flux2 Klein',
    description: 'A small FLUX.2 in four steps, with Qwen3 for its text encoder.',
    aliases: ['Flux.2 Klein', 'Flux2 Klein 4B', 'Flux2 Klein 9B', 'Klein'],
    architectures: ['flux2-klein'],
    nameRegex: 'klein',
    requiredComponents: { vae: 'VAE of FLUX.2', llm: 'Qwen3 4B or 8B, as the model says' },
    optionalComponents: {},
    loadOptions: { flash_attn: true, offload_to_cpu: true },
    imageEditMode: 'ref_images',
    generationDefaults: { ...FLOW, steps: 4 },
  },
  {
    id: 'Flux2 Dev',
    name: 'FLUX.2 dev',
    shortName: 'Flux2',
    description: 'The VAE and a language model are files of their own.',
    aliases: ['Flux.2', 'Flux.2 Dev', 'Flux2'],
    architectures: ['flux2'],
    nameRegex: String.raw`flux[-_.]?2`,
    requiredComponents: { vae: 'VAE of FLUX.2', llm: 'Mistral Small 3.2 24B' },
    optionalComponents: {},
    loadOptions: { flash_attn: true, offload_to_cpu: true },
    imageEditMode: 'ref_images',
    generationDefaults: FLOW,
  },
  {
    id: 'Z-Image',
    name: 'Z-Image Turbo',
    shortName: 'Z-Image',
    description: 'Fast, with Qwen3 for its text encoder.',
    aliases: ['ZImage', 'Z Image', 'Z-Image Turbo'],
    architectures: ['z-image'],
    nameRegex: String.raw`z[-_ ]?image`,
    requiredComponents: { vae: FLUX_VAE, llm: 'Qwen3 4B' },
    optionalComponents: { taesd: 'TAESD of Flux, for previews' },
    loadOptions: { flash_attn: true, vae_conv_direct: true },
    generationDefaults: { ...FLOW, steps: 8, scheduler: 'smoothstep', easycache: true },
  },
  {
    id: 'Qwen Image Edit',
    name: 'Qwen-Image-Edit',
    shortName: 'Qwen',
    description: 'Edits the pictures that it is given for reference.',
    aliases: ['Qwen-Image-Edit', 'Qwen Edit'],
    architectures: ['qwen-image'],
    nameRegex: 'qwen.*edit',
    requiredComponents: { vae: 'VAE of Qwen-Image', llm: 'Qwen2.5-VL 7B' },
    optionalComponents: { llm_vision: 'Vision part of Qwen2.5-VL 7B' },
    loadOptions: { flash_attn: true, offload_to_cpu: true, flow_shift: 3 },
    imageEditMode: 'ref_images',
    generationDefaults: { ...FLOW, cfg_scale: 2.5, scheduler: 'discrete' },
  },
  {
    id: 'Qwen',
    name: 'Qwen-Image',
    shortName: 'Qwen',
    description: 'The VAE and a language model are files of their own.',
    aliases: ['Qwen-Image', 'Qwen Image'],
    architectures: ['qwen-image'],
    nameRegex: String.raw`qwen[-_ ]?image`,
    requiredComponents: { vae: 'VAE of Qwen-Image', llm: 'Qwen2.5-VL 7B' },
    optionalComponents: {},
    loadOptions: { flash_attn: true, offload_to_cpu: true, flow_shift: 3 },
    generationDefaults: { ...FLOW, cfg_scale: 2.5, scheduler: 'discrete' },
  },
  {
    id: 'Chroma',
    name: 'Chroma',
    shortName: 'Chroma',
    description: 'The VAE of Flux and T5-XXL are files of their own.',
    aliases: ['Chroma1'],
    architectures: ['chroma', 'chroma-radiance'],
    nameRegex: 'chroma',
    requiredComponents: { vae: FLUX_VAE, t5xxl: T5 },
    optionalComponents: {},
    loadOptions: { keep_clip_on_cpu: true, flash_attn: true },
    generationDefaults: { ...FLOW, cfg_scale: 4, scheduler: 'discrete' },
  },
  {
    id: 'Wan',
    name: 'Wan 2.1 and 2.2',
    shortName: 'Wan',
    description: 'Makes videos; version 2.2 of 14B comes as a pair of models.',
    aliases: ['Wan2.1', 'Wan2.2', 'Wan T2V', 'Wan I2V'],
    architectures: ['wan2', 'wan2.2-ti2v', 'wan2.2-i2v'],
    nameRegex: 'wan[-_ ]?2',
    requiredComponents: { vae: 'VAE of Wan', t5xxl: 'UMT5-XXL text encoder' },
    optionalComponents: {
      high_noise_diffusion_model: 'The other model of a pair',
      clip_vision: 'CLIP vision encoder, for pictures to begin from',
    },
    loadOptions: { flash_attn: true, offload_to_cpu: true, flow_shift: 3 },
    generationDefaults: {
      width: 832,
      height: 480,
      steps: 30,
      cfg_scale: 6,
      sampler: 'euler',
      scheduler: 'discrete',
      video_frames: 33,
    },
  },
];
