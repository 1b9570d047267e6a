import type { ComponentOption, Table } from './option.js';

const FOUND = 'its name, or a path in a models folder';

/**
 * The parts of a model that can be named. One folder often holds all text encoders, and VAEs beside their small
 * stand-ins: each is looked for among its neighbours too, and {@link PartCheck} tells what it is.
 */
export const COMPONENTS = {
  vae_path: {
    type: 'component',
    part: 'vae',
    short: 'vae',
    types: ['vae', 'taesd'],
    doc: `VAE to use instead: ${FOUND}.`,
  },
  taesd_path: {
    type: 'component',
    part: 'taesd',
    short: 'taesd',
    types: ['taesd', 'vae'],
    doc: `TAESD decoder to use instead: ${FOUND}.`,
  },
  clip_l_path: {
    type: 'component',
    part: 'clipL',
    short: 'clip_l',
    types: ['clip', 't5', 'llm'],
    doc: `CLIP-L text encoder to use instead: ${FOUND}.`,
  },
  clip_g_path: {
    type: 'component',
    part: 'clipG',
    short: 'clip_g',
    types: ['clip', 't5', 'llm'],
    doc: `CLIP-G text encoder to use instead: ${FOUND}.`,
  },
  clip_vision_path: {
    type: 'component',
    part: 'clipVision',
    short: 'clip_vision',
    types: ['clip'],
    doc: `CLIP vision encoder to use instead: ${FOUND}.`,
  },
  t5xxl_path: {
    type: 'component',
    part: 't5xxl',
    short: 't5xxl',
    types: ['t5', 'clip', 'llm'],
    doc: `T5 text encoder to use instead: ${FOUND}.`,
  },
  llm_path: {
    type: 'component',
    part: 'llm',
    short: 'llm',
    types: ['llm', 'clip', 't5'],
    doc: `Language model that encodes the prompt to use instead: ${FOUND}.`,
  },
  llm_vision_path: {
    type: 'component',
    part: 'llmVision',
    short: 'llm_vision',
    types: ['llm', 'clip'],
    doc: `Vision part of the language model to use instead: ${FOUND}.`,
  },
  high_noise_diffusion_model_path: {
    type: 'component',
    part: 'highNoiseDiffusionModel',
    short: 'high_noise_diffusion_model',
    types: ['diffusion', 'checkpoint'],
    doc: `High-noise model of a pair to use instead: ${FOUND}.`,
  },
  control_net: {
    type: 'component',
    part: 'controlNet',
    short: 'controlnet',
    types: ['controlnet'],
    doc: `ControlNet model: ${FOUND}.`,
  },
  photo_maker: {
    type: 'component',
    part: 'photoMaker',
    types: ['checkpoint'],
    doc: 'PhotoMaker model, a file in a models folder.',
  },
} as const satisfies Table<ComponentOption>;
