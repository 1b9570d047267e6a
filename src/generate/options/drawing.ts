import { GENERATION_KINDS, type OptionTable } from './option.js';

/** What to draw and how large; names, bounds and defaults of seed stable-diffusion-cpp-rest. */
export const DRAWING: OptionTable = {
  model_name: {
    type: 'model',
    default: '',
    kinds: GENERATION_KINDS,
    doc: 'Name or id of the model; empty: the default model (for upscale: the default upscaler).',
  },
  prompt: {
    type: 'prompt',
    request: 'prompt',
    requiredFor: ['text2img', 'img2img', 'inpainting', 'controlnet', 'text2video'],
    doc: 'What to draw. `(word:1.2)` weighs a word, `<lora:name:0.8>` adds a LoRA.',
  },
  negative_prompt: {
    type: 'prompt',
    default: '',
    request: 'negativePrompt',
    doc: 'What to keep out of the picture.',
  },
  width: {
    type: 'integer',
    min: 64,
    max: 4096,
    multipleOf: 8,
    default: 1024,
    request: 'width',
    doc: 'Width in pixels.',
  },
  height: {
    type: 'integer',
    min: 64,
    max: 4096,
    multipleOf: 8,
    default: 1024,
    request: 'height',
    doc: 'Height in pixels.',
  },
  steps: {
    type: 'integer',
    min: 1,
    max: 150,
    default: 20,
    request: 'steps',
    doc: 'Sampling steps.',
  },
  cfg_scale: {
    type: 'number',
    min: 1,
    max: 30,
    default: 7,
    request: 'cfgScale',
    doc: 'How closely to follow the prompt.',
  },
  sampling_method: {
    type: 'choice',
    of: 'samplers',
    request: 'sampler',
    doc: 'Sampler; without it the one the model wants.',
  },
  scheduler: {
    type: 'choice',
    of: 'schedulers',
    request: 'scheduler',
    doc: 'Scheduler; without it the one the model wants.',
  },
  seed: {
    type: 'seed',
    request: 'seed',
    doc: 'Whole number, or "random" (also -1); picture n of a batch has seed + n.',
  },
  batch_count: {
    type: 'integer',
    min: 1,
    max: 50,
    default: 1,
    kinds: ['text2img', 'img2img', 'inpainting', 'controlnet'],
    request: 'batchCount',
    doc: 'How many pictures.',
  },
};

/** Additions to the model that come by name. */
export const NETWORKS: OptionTable = {
  loras: {
    type: 'loras',
    doc: 'LoRAs, each a name or `{name, multiplier, is_high_noise}`; besides those in the prompt.',
  },
  embeddings: {
    type: 'embeddings',
    doc: 'Textual inversions by name, to be used as words in the prompt.',
  },
};

/** How a picture is kept. */
export const OUTPUT: OptionTable = {
  output_format: {
    type: 'choice',
    of: ['png', 'jpeg', 'webp'],
    default: 'png',
    kinds: ['text2img', 'img2img', 'inpainting', 'controlnet', 'upscale'],
    doc: 'Format of the file.',
  },
  output_quality: {
    type: 'integer',
    min: 1,
    max: 100,
    kinds: ['text2img', 'img2img', 'inpainting', 'controlnet', 'upscale'],
    doc: 'Quality of a JPEG or WebP.',
  },
};

/** How sampling goes; what is left out is the engine's own choice (stable-diffusion.h, sd_sample_params_t). */
export const SAMPLING: OptionTable = {
  clip_skip: {
    type: 'integer',
    min: -1,
    max: 12,
    default: -1,
    request: 'clipSkip',
    doc: 'Layers of the text encoder left out at its end; -1: what the model wants.',
  },
  img_cfg_scale: {
    type: 'number',
    min: 0,
    max: 30,
    request: 'imgCfgScale',
    doc: 'Guidance by the input picture, for models that have it.',
  },
  guidance: {
    type: 'number',
    min: 0,
    max: 100,
    request: 'distilledGuidance',
    doc: 'Guidance of distilled models.',
  },
  eta: {
    type: 'number',
    min: 0,
    max: 1,
    request: 'eta',
    doc: 'Noise that ancestral samplers add back.',
  },
  flow_shift: {
    type: 'number',
    min: 0,
    max: 100,
    request: 'flowShift',
    doc: 'Shift of the schedule of flow models.',
  },
  shifted_timestep: {
    type: 'integer',
    min: 0,
    max: 1000,
    request: 'shiftedTimestep',
    doc: 'Shift of the time step, for NitroFusion models; 0: none.',
  },
  custom_sigmas: {
    type: 'numbers',
    of: 'number',
    min: 0,
    max: 1000,
    longest: 1001,
    request: 'customSigmas',
    doc: 'Noise levels instead of a schedule, at least two.',
  },
  extra_sample_args: {
    type: 'text',
    request: 'extraSampleArgs',
    doc: "Further settings of samplers in the engine's own `key=value` form.",
  },
  slg_scale: {
    type: 'number',
    min: 0,
    max: 30,
    request: 'slg.scale',
    doc: 'Skip-layer guidance; 0: off.',
  },
  skip_layers: {
    type: 'numbers',
    of: 'integer',
    min: 0,
    max: 200,
    longest: 100,
    request: 'slg.layers',
    doc: 'Layers that skip-layer guidance leaves out.',
  },
  slg_start: {
    type: 'number',
    min: 0,
    max: 1,
    request: 'slg.layerStart',
    doc: 'Where skip-layer guidance begins, as a share of the steps.',
  },
  slg_end: {
    type: 'number',
    min: 0,
    max: 1,
    request: 'slg.layerEnd',
    doc: 'Where skip-layer guidance ends, as a share of the steps.',
  },
};
