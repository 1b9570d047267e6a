import type { Field, Fields } from '../../fields.js';

/** Read by this dialect, or without a meaning here. */
function own(label: string, doc?: string): Field {
  return { label, idle: 'any', ...(doc ? { doc } : {}) };
}

/** Cannot be asked for: only values that ask for nothing are taken. */
function refused(label: string, why: string, ...idle: unknown[]): Field {
  return { label, refused: why, idle };
}

const SILENT = 'the models here make no sound';
const ONE_SHOT = 'videos are made in one piece here, of words and pictures';

/** A request for pictures, in the spelling of the document as in that of the command line. */
export const FIELDS: Fields = {
  prompt: { label: 'Prompt', to: 'prompt' },
  negative_prompt: { label: 'Negative prompt', to: 'negative_prompt' },
  model: own(
    'Model',
    'Its name, with or without its tag; else the one that the caller has loaded.',
  ),
  width: { label: 'Width', to: 'width', doc: 'Pixels, a multiple of 16.' },
  height: { label: 'Height', to: 'height', doc: 'Pixels, a multiple of 16.' },
  steps: { label: 'Steps', to: 'steps', doc: '1 to 100.' },
  seed: { label: 'Seed', doc: 'Picture n of a batch has seed + n.', idle: 'any' },
  guidance: own(
    'Guidance',
    'That of FLUX models, which were distilled with it; CFG scale of all others. Below 1 it is none.',
  ),
  cfg_plus: own('CFG++', 'Samples with Euler CFG++.'),
  scheduler: own(
    'Scheduler',
    '`ddim`, `euler-ancestral`, or any sampler of the engine. `uni-pc`, which it does not have, leaves the choice to the model.',
  ),
  batch: { label: 'Pictures', to: 'batch_count' },
  batch_size: { label: 'Pictures', to: 'batch_count' },
  output_format: own('Format', '`png`, `jpeg` or `webp`; of a video `mp4` or `webp`.'),
  embed_metadata: own('Recipe in the file', 'With false the answer is without it.'),
  image: { label: 'Picture to begin from', to: 'init_image' },
  source_image: { label: 'Picture to begin from', to: 'init_image' },
  source_image_name: own('Its name'),
  strength: { label: 'How far to go from it', to: 'strength' },
  mask: { label: 'White where it is painted anew', to: 'mask_image' },
  mask_image: { label: 'White where it is painted anew', to: 'mask_image' },
  edit_images: { label: 'Pictures to edit', to: 'ref_images', idle: [[]] },
  control_image: { label: 'What ControlNet follows', to: 'control_image' },
  control_model: { label: 'ControlNet', to: 'control_net' },
  control_scale: { label: 'How closely', to: 'control_strength' },
  lora: own('LoRA', 'Its name or path, or `{path, scale}`.'),
  lora_scale: own('How strong the LoRA is, where that is a text'),
  loras: own('LoRAs', 'A list of `{path, scale}`.'),
  upscale_model: own('Upscaler for what was drawn'),
  expand: own('Expand the prompt', 'By the language model; `503` while there is none.'),
  original_prompt: own('What the prompt was made of'),
  batch_id: own('Batch'),
  batch_index: own('Place in the batch'),
  batch_count: own('Pictures of the batch'),
  frames: { label: 'Frames of a video', to: 'video_frames', idle: [0, 1] },
  fps: { label: 'Frames a second', to: 'fps' },
  gif_preview: own('Without effect'),
  enable_audio: refused('Sound', SILENT, false),
  audio_file: refused('Sound', SILENT),
  audio_file_path: refused('Sound', SILENT),
  source_video: refused('Video to begin from', ONE_SHOT),
  source_video_path: refused('Video to begin from', ONE_SHOT),
  keyframes: refused('Key frames', ONE_SHOT, []),
  pipeline: refused('Pipeline', ONE_SHOT),
  retake_range: refused('Part to make anew', ONE_SHOT),
  spatial_upscale: refused('Larger video', ONE_SHOT),
  temporal_upscale: refused('Smoother video', ONE_SHOT),
  placement: own('Without effect', 'The server decides what is computed where.'),
};

/** Fields whose values are pictures: not kept. */
const PICTURES = ['image', 'source_image', 'mask', 'mask_image', 'edit_images', 'control_image'];

/** What of a request means anything here; its clients send fields of later versions, too. */
export function knownOf(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(FIELDS, name)));
}

/** What is kept of a request, and told again. */
export function toldOf(body: Record<string, unknown>): Record<string, unknown> {
  const told = Object.entries(knownOf(body)).filter(([name]) => !PICTURES.includes(name));
  return Object.fromEntries(told);
}
