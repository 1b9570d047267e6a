import type { Fields } from '../../fields.js';
import { HIGH_NOISE, TECHNIQUES } from './technique-fields.js';

/** What a client can ask to be made. */
export const TYPES = ['txt2img', 'img2img', 'txt2vid', 'upscale'] as const;

export type GenerationType = (typeof TYPES)[number];

/** Fields that this dialect reads itself, or only keeps: those of the original, which its clients send again. */
const OWN: Fields = {
  title: { label: 'Title', idle: 'any', type: 'string', doc: 'What the job is called.' },
  expand_prompt: {
    label: 'Expand the prompt',
    idle: 'any',
    type: 'boolean',
    doc: 'Makes a job of each variant of a prompt with `{a|b}` or `{2$$a|b|c}`.',
    default: false,
  },
  variation_group_id: { label: 'Group of variants', idle: 'any', type: 'string' },
  variation_index: { label: 'Which of the variants', idle: 'any', type: 'number' },
  variation_total: { label: 'How many variants', idle: 'any', type: 'number' },
  variation_template: { label: 'Prompt of the variants', idle: 'any', type: 'string' },
};

const PICTURE: Fields = {
  prompt: { label: 'Prompt', to: 'prompt' },
  negative_prompt: { label: 'Negative prompt', to: 'negative_prompt', default: '' },
  width: { label: 'Width', to: 'width', default: 512 },
  height: { label: 'Height', to: 'height', default: 512 },
  steps: { label: 'Steps', to: 'steps', default: 20 },
  cfg_scale: { label: 'CFG scale', to: 'cfg_scale', default: 7 },
  img_cfg_scale: {
    label: 'CFG scale of the picture',
    to: 'img_cfg_scale',
    idle: [-1],
    default: -1,
  },
  distilled_guidance: { label: 'Distilled guidance', to: 'guidance', default: 3.5 },
  eta: { label: 'Eta', to: 'eta', default: 0 },
  flow_shift: { label: 'Flow shift', to: 'flow_shift', idle: [0, 'Infinity', 'auto'] },
  shifted_timestep: {
    label: 'Shifted time step',
    to: 'shifted_timestep',
    idle: [0],
    default: 0,
  },
  extra_sample_args: { label: 'More for the sampler', to: 'extra_sample_args', default: '' },
  seed: { label: 'Seed', to: 'seed', default: -1 },
  sampler: { label: 'Sampler', to: 'sampling_method', default: 'euler_a' },
  scheduler: { label: 'Scheduler', to: 'scheduler', default: 'discrete' },
  batch_count: { label: 'Pictures', to: 'batch_count', default: 1 },
  clip_skip: { label: 'CLIP skip', to: 'clip_skip', default: -1 },
  custom_sigmas: { label: 'Noise levels', to: 'custom_sigmas', idle: [[]], default: [] },
  ref_images: { label: 'Reference pictures', to: 'ref_images', idle: [[]], default: [] },
  auto_resize_ref_image: {
    label: 'Fit reference pictures',
    to: 'auto_resize_ref_image',
    default: true,
  },
  increase_ref_index: {
    label: 'Number reference pictures',
    to: 'increase_ref_index',
    default: false,
  },
  ref_image_args: {
    label: 'More for reference pictures',
    refused: 'this engine takes none',
    type: 'string',
    default: '',
  },
  control_image_base64: { label: 'Control picture', to: 'control_image' },
  control_strength: { label: 'Strength of ControlNet', to: 'control_strength', default: 0.9 },
  ip_adapter_image_base64: {
    label: 'Picture for IP-Adapter',
    refused: 'this engine has no IP-Adapter',
    type: 'string',
  },
  ip_adapter_strength: { label: 'Strength of IP-Adapter', idle: 'any', type: 'number' },
  pm_id_images: { label: 'Pictures for PhotoMaker', to: 'pm_id_images', idle: [[]], default: [] },
  pm_id_embed_path: { label: 'File for PhotoMaker', to: 'pm_id_embed_path', default: '' },
  pm_style_strength: { label: 'Style of PhotoMaker', to: 'pm_style_strength', default: 20 },
  pulid_id_embedding_path: {
    label: 'File for PuLID',
    refused: 'this engine has no PuLID',
    type: 'string',
  },
  pulid_id_weight: { label: 'Weight of PuLID', idle: 'any', type: 'number' },
  qwen_image_layers: {
    label: 'Layers of Qwen-Image',
    idle: [0, 1],
    refused: 'this engine makes pictures of one layer',
    type: 'number',
  },
  upscale: { label: 'Enlarge afterwards', to: 'upscale', idle: [false], default: false },
  upscale_repeats: { label: 'How often', to: 'upscale_repeats', default: 1 },
  upscale_auto_unload: {
    label: 'Unload the upscaler afterwards',
    idle: 'any',
    type: 'boolean',
    doc: 'Without effect: the server decides what stays in memory.',
    default: true,
  },
  ...TECHNIQUES,
  ...OWN,
};

const BEGINNING: Fields = {
  init_image_base64: { label: 'Picture to begin from', to: 'init_image' },
  strength: { label: 'Strength', to: 'strength', default: 0.75 },
};

const ONE_OF_A_VIDEO = 'a video is one';

const VIDEO: Fields = {
  ...PICTURE,
  ...BEGINNING,
  width: { label: 'Width', to: 'width', default: 832 },
  height: { label: 'Height', to: 'height', default: 480 },
  steps: { label: 'Steps', to: 'steps', default: 30 },
  cfg_scale: { label: 'CFG scale', to: 'cfg_scale', default: 6 },
  sampler: { label: 'Sampler', to: 'sampling_method', default: 'euler' },
  flow_shift: { label: 'Flow shift', to: 'flow_shift', idle: [0, 'Infinity', 'auto'], default: 3 },
  batch_count: { label: 'Videos', idle: [1], refused: ONE_OF_A_VIDEO, type: 'number', default: 1 },
  ref_images: {
    label: 'Reference pictures',
    idle: [[]],
    refused: 'this engine takes none for videos',
    type: 'array',
    default: [],
  },
  auto_resize_ref_image: { label: 'Fit reference pictures', idle: 'any', type: 'boolean' },
  increase_ref_index: { label: 'Number reference pictures', idle: 'any', type: 'boolean' },
  control_strength: { label: 'Strength of ControlNet', idle: 'any', type: 'number', default: 0.9 },
  pm_id_images: {
    label: 'Pictures for PhotoMaker',
    idle: [[]],
    refused: 'PhotoMaker makes no videos',
    type: 'array',
    default: [],
  },
  pm_id_embed_path: {
    label: 'File for PhotoMaker',
    refused: 'PhotoMaker makes no videos',
    type: 'string',
  },
  pm_style_strength: { label: 'Style of PhotoMaker', idle: 'any', type: 'number' },
  end_image_base64: { label: 'Last frame', to: 'end_image' },
  control_frames: { label: 'Control frames', to: 'control_frames', idle: [[]], default: [] },
  ref_videos: {
    label: 'Reference videos',
    idle: [[]],
    refused: 'this engine takes none',
    type: 'array',
  },
  ref_audios: {
    label: 'Reference sounds',
    idle: [[]],
    refused: 'this engine takes none',
    type: 'array',
  },
  video_frames: { label: 'Frames', to: 'video_frames', default: 33 },
  fps: { label: 'Frames a second', to: 'fps', default: 16 },
  moe_boundary: { label: 'Where the second model takes over', to: 'moe_boundary', default: 0.875 },
  vace_strength: { label: 'Strength of VACE', to: 'vace_strength', default: 1 },
  ...HIGH_NOISE,
};

const UPSCALE: Fields = {
  image_base64: { label: 'Picture', to: 'image' },
  upscale_factor: { label: 'Factor', to: 'upscale_factor', default: 4 },
  tile_size: { label: 'Side of a tile', to: 'tile_size', default: 128 },
  repeats: { label: 'How often', to: 'upscale_repeats', default: 1 },
  title: OWN['title'] ?? { label: 'Title' },
};

/** Every field of every request, of the document (seed sdcpp-restapi, "Image Generation") and of the web UI. */
export const GENERATION_FIELDS: Readonly<Record<GenerationType, Fields>> = {
  txt2img: PICTURE,
  img2img: {
    ...PICTURE,
    ...BEGINNING,
    mask_image_base64: { label: 'Mask', to: 'mask_image' },
  },
  txt2vid: VIDEO,
  upscale: UPSCALE,
};

/** Defaults of the document that are others than the core's, where the model recommends nothing. */
export const DEFAULTS: Readonly<Record<GenerationType, Record<string, string | number>>> = {
  txt2img: { width: 512, height: 512, sampling_method: 'euler_a', scheduler: 'discrete' },
  img2img: { width: 512, height: 512, sampling_method: 'euler_a', scheduler: 'discrete' },
  txt2vid: {
    width: 832,
    height: 480,
    steps: 30,
    cfg_scale: 6,
    sampling_method: 'euler',
    scheduler: 'discrete',
    flow_shift: 3,
    video_frames: 33,
  },
  upscale: {},
};
