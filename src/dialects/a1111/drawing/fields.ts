import type { Field, Fields } from '../../fields.js';

const SAME = ['Use same checkpoint', 'Use same sampler', 'Use same scheduler', 'None', 'Automatic'];

/** Read by this dialect, or without a meaning here. */
function own(label: string, doc?: string): Field {
  return { label, idle: 'any', ...(doc ? { doc } : {}) };
}

/** Cannot be asked for: only values that ask for nothing are taken. */
function refused(label: string, why: string, ...idle: unknown[]): Field {
  return { label, refused: why, idle };
}

const NO_NOISE = 'this engine has no such noise';
const ONE_PASS = 'the second pass is drawn by the same model with the same prompt and sampler';

/** What both kinds of drawing have in common (`modules/processing.py` of the original). */
const COMMON: Fields = {
  prompt: { label: 'Prompt', to: 'prompt' },
  negative_prompt: { label: 'Negative prompt', to: 'negative_prompt' },
  width: { label: 'Width', to: 'width' },
  height: { label: 'Height', to: 'height' },
  steps: { label: 'Steps', to: 'steps' },
  cfg_scale: { label: 'CFG scale', to: 'cfg_scale' },
  seed: { label: 'Seed', to: 'seed' },
  eta: { label: 'Eta', to: 'eta' },
  clip_skip: { label: 'CLIP skip', to: 'clip_skip', idle: [-1, 0, 1] },
  batch_size: own('Pictures at a time', 'Times `n_iter`, this is how many pictures are drawn.'),
  n_iter: own('How often so many'),
  model: own('Model', 'Its title or name, for this request; one that is not here is ignored.'),
  sampler_name: own('Sampler', 'By name or alias; a schedule may stand behind it.'),
  sampler_index: own('Sampler', 'The same as `sampler_name`, which counts where both are given.'),
  scheduler: own('Schedule', 'One that is not known leaves the choice to the model.'),
  tiling: own('Seamless', 'Seamless in both directions.'),
  restore_faces: refused('Restore faces', 'there is no face restorer here', false),
  subseed: own('Variation seed'),
  subseed_strength: refused('Strength of the variation', 'this engine has no variation seeds', 0),
  seed_resize_from_h: refused('Resize seed', 'this engine resizes no seeds', 0, -1),
  seed_resize_from_w: refused('Resize seed', 'this engine resizes no seeds', 0, -1),
  styles: refused('Styles', 'there are no styles here', []),
  s_churn: refused('Churn', NO_NOISE, 0),
  s_tmin: refused('Churn from', NO_NOISE, 0),
  s_tmax: own('Churn to'),
  s_noise: refused('Noise of the churn', NO_NOISE, 1),
  s_min_uncond: own('Least negative guidance'),
  refiner_checkpoint: refused('Refiner', 'there is no refiner here', 'None'),
  refiner_switch_at: own('Where the refiner takes over'),
  infotext: refused('Recipe', 'a recipe is not read here; send its values'),
  script_args: own('Arguments of the script'),
  override_settings: own('Options for this request alone'),
  override_settings_restore_afterwards: own('Without effect'),
  alwayson_scripts: own('Scripts', 'ControlNet is understood, with one picture.'),
  send_images: own('Whether the pictures are in the answer'),
  save_images: own('Without effect', 'Pictures are always kept.'),
  do_not_save_samples: own('Without effect'),
  do_not_save_grid: own('Without effect'),
  force_task_id: own('Id of the task', 'Kept with the job.'),
};

const SECOND_PASS: Fields = {
  denoising_strength: { label: 'Strength of the second pass', to: 'hires_denoising_strength' },
  hr_scale: { label: 'Scale of the second pass', to: 'hires_scale', idle: [0] },
  hr_second_pass_steps: { label: 'Steps of the second pass', to: 'hires_steps', idle: [0] },
  hr_resize_x: { label: 'Width after the second pass', to: 'hires_width', idle: [0] },
  hr_resize_y: { label: 'Height after the second pass', to: 'hires_height', idle: [0] },
  hr_upscaler: own('How the second pass enlarges'),
  hr_checkpoint_name: refused('Model of the second pass', ONE_PASS, ...SAME),
  hr_sampler_name: refused('Sampler of the second pass', ONE_PASS, ...SAME),
  hr_scheduler: refused('Schedule of the second pass', ONE_PASS, ...SAME),
  hr_prompt: refused('Prompt of the second pass', ONE_PASS),
  hr_negative_prompt: refused('Negative prompt of the second pass', ONE_PASS),
};

function ignored(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, { label }]) => [name, own(label)]));
}

const TXT2IMG: Fields = {
  ...COMMON,
  enable_hr: own('Second pass', 'Draws small, enlarges, and draws on.'),
  firstphase_width: refused('Width of the first pass', 'it has width and height', 0),
  firstphase_height: refused('Height of the first pass', 'it has width and height', 0),
};

/** Of a text. Without the second pass its fields mean nothing. */
export function txt2imgFields({ enable_hr: twice }: Record<string, unknown>): Fields {
  return { ...TXT2IMG, ...(twice === true ? SECOND_PASS : ignored(SECOND_PASS)) };
}

const OF_LATENTS = 'this engine begins from the picture itself';

/** Of a picture. */
export const IMG2IMG: Fields = {
  ...COMMON,
  denoising_strength: { label: 'Strength', to: 'strength' },
  image_cfg_scale: { label: 'CFG scale of the picture', to: 'img_cfg_scale', idle: [1.5] },
  init_images: own('Picture to begin from', 'A list of one, in base64 or as a data URL.'),
  include_init_images: own('Without effect'),
  resize_mode: own('How the picture is fitted', '0: stretched, 1: cropped, 2: filled.'),
  mask: own('Mask', 'White where the picture is painted anew.'),
  mask_blur: own('Softness of the mask in pixels'),
  mask_blur_x: own('Without effect'),
  mask_blur_y: own('Without effect'),
  mask_round: own('Without effect'),
  latent_mask: refused('Mask of latents', 'send it as mask'),
  inpainting_mask_invert: own('Whether what is black is painted anew'),
  inpainting_fill: {
    label: 'What is below the mask at first',
    refused: `${OF_LATENTS}; 0 and 1 are understood`,
    idle: [0, 1],
    doc: 'The picture itself, with 0 as with 1.',
  },
  inpaint_full_res: own(
    'Whether only the masked part is drawn',
    'Unless it is false, that part is drawn in the size asked for, and put back into the picture.',
  ),
  inpaint_full_res_padding: own('How much around the mask is seen, in pixels'),
  initial_noise_multiplier: refused('Noise at first', OF_LATENTS, 1, 0),
};

/** Every field of either, for the description. */
export const TXT2IMG_DESCRIBED: Fields = { ...TXT2IMG, ...SECOND_PASS };

/** Fields whose values are pictures, or somebody's secrets: not kept, and not told again. */
const UNTOLD = ['init_images', 'mask', 'latent_mask', 'alwayson_scripts'];

/** What is kept of a request, and told again. */
export function toldOf(fields: Fields, body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => name in fields && !UNTOLD.includes(name)),
  );
}
