import type { Permission } from '../../auth/index.js';

/** JSON Schema of one parameter. */
export type ParameterSchema = Record<string, unknown> & { type: string };

/** Something that a user interface can do when the assistant proposes it. */
export interface UiAction {
  description: string;
  parameters: Record<string, ParameterSchema>;
  required?: readonly string[];
  /** What the user must be allowed, so that it is proposed at all. */
  needs?: Permission;
  /** Whether the user must be asked before. */
  confirm?: true;
}

const text = (description: string): ParameterSchema => ({ type: 'string', description });

const oneOf = (...values: string[]): ParameterSchema => ({ type: 'string', enum: values });

const number = (description: string): ParameterSchema => ({ type: 'number', description });

const integer = (description: string): ParameterSchema => ({ type: 'integer', description });

const JOB_ID = text('Id of the job.');
const MODEL_NAME = text('Name of the model, exactly as get_models has it.');
const COMPONENTS = ['vae', 'clip', 'clip_l', 'clip_g', 't5', 't5xxl', 'controlnet', 'taesd'];

/**
 * What the user interface of sdcpp-restapi understands, by type. Addresses are left out where it would
 * fetch them: a prompt that was made to mislead could have it call home.
 */
export const UI_ACTIONS: Readonly<Record<string, UiAction>> = {
  set_setting: {
    description: 'Set one field of the generation form.',
    parameters: {
      field: text(
        'prompt, negative_prompt, width, height, steps, cfg_scale, distilled_guidance, seed, sampler, scheduler, batch_count, clip_skip, slg_scale, vae_tiling, cache_mode, video_frames or fps.',
      ),
      value: { type: 'string', description: 'The value; numbers and booleans as such or as text.' },
    },
    required: ['field', 'value'],
  },
  apply_recommended_settings: {
    description: 'Fill the form with what suits the loaded model.',
    parameters: {},
  },
  highlight_setting: {
    description: 'Show the user where a field of the form is.',
    parameters: { field: text('As in set_setting.') },
    required: ['field'],
  },
  navigate: {
    description: 'Open a page of the user interface.',
    parameters: { view: text('dashboard, models, generate, upscale, queue or settings.') },
    required: ['view'],
  },
  ask_user: {
    description: 'Ask the user to choose, when it is not clear what they want.',
    parameters: {
      title: text('A few words.'),
      question: text('The question.'),
      options: { type: 'array', items: { type: 'string' }, description: 'Answers to choose from.' },
      allow_custom: { type: 'boolean', description: 'Whether another answer can be typed.' },
    },
    required: ['question', 'options'],
  },
  refresh_models: { description: 'Read the list of models again.', parameters: {} },
  load_model: {
    description: 'Choose the model to draw with, and its parts where it needs some.',
    parameters: {
      model_name: MODEL_NAME,
      model_type: oneOf('checkpoint', 'diffusion'),
      ...Object.fromEntries(
        ['vae', 'clip_l', 'clip_g', 't5xxl', 'llm', 'controlnet', 'taesd'].map((part) => [
          part,
          text(`Name of the model that is to be its ${part}.`),
        ]),
      ),
      options: { type: 'object', description: 'How to load it.' },
    },
    required: ['model_name'],
    needs: 'job:create',
  },
  set_component: {
    description: 'Give the loaded model another part.',
    parameters: { component_type: oneOf(...COMPONENTS), model_name: MODEL_NAME },
    required: ['component_type', 'model_name'],
    needs: 'job:create',
  },
  load_job_model: {
    description: 'Choose the model that a job was drawn with.',
    parameters: { job_id: JOB_ID },
    required: ['job_id'],
    needs: 'job:create',
  },
  unload_model: {
    description: 'Take the model out of memory.',
    parameters: {},
    needs: 'job:create',
    confirm: true,
  },
  generate: {
    description: 'Draw, with the form as it is but for what is given here.',
    parameters: {
      type: oneOf('txt2img', 'img2img', 'txt2vid'),
      prompt: text('What to draw.'),
      negative_prompt: text('What not to draw.'),
      width: integer('Pixels.'),
      height: integer('Pixels.'),
      steps: integer('Steps.'),
      cfg_scale: number('How closely to follow the prompt.'),
      distilled_guidance: number('The same for distilled models such as Flux.'),
      seed: integer('-1 for any.'),
      sampler: text('Name of the sampler.'),
      scheduler: text('Name of the scheduler.'),
      batch_count: integer('Pictures.'),
      clip_skip: integer('Layers of CLIP to skip.'),
      strength: number('How far to go from the input picture, 0 to 1.'),
      video_frames: integer('Frames.'),
      fps: integer('Frames a second.'),
      continue_on_complete: {
        type: 'boolean',
        description: 'Whether to be told of the result, to go on with it.',
      },
    },
    needs: 'job:create',
    confirm: true,
  },
  set_image: {
    description: 'Take the first picture of a completed job as input.',
    parameters: { target: oneOf('img2img', 'upscaler'), job_id: JOB_ID },
    required: ['target', 'job_id'],
    needs: 'job:read',
  },
  load_upscaler: {
    description: 'Choose the model to upscale with.',
    parameters: { model_name: MODEL_NAME, tile_size: integer('Pixels.') },
    required: ['model_name'],
    needs: 'job:create',
  },
  unload_upscaler: {
    description: 'Take the upscaling model out of memory.',
    parameters: {},
    needs: 'job:create',
  },
  upscale: {
    description: 'Enlarge the first picture of a completed job.',
    parameters: {
      job_id: JOB_ID,
      tile_size: integer('Pixels.'),
      repeats: integer('How often to enlarge.'),
    },
    needs: 'job:create',
    confirm: true,
  },
  cancel_job: {
    description: 'Cancel a job that waits or runs.',
    parameters: { job_id: JOB_ID },
    required: ['job_id'],
    needs: 'job:cancel',
    confirm: true,
  },
  delete_jobs: {
    description: 'Delete jobs that have ended, with their pictures.',
    parameters: {
      job_ids: { type: 'array', items: { type: 'string' }, description: 'Ids of the jobs.' },
    },
    required: ['job_ids'],
    needs: 'job:delete',
    confirm: true,
  },
  download_model: {
    description: 'Download a model from an address, from Civitai or from Hugging Face.',
    parameters: {
      source: oneOf('url', 'civitai', 'huggingface'),
      model_type: text('Type of the model, for example checkpoint or lora.'),
      url: text('Its address.'),
      model_id: text('Its id on Civitai, a version behind a colon.'),
      repo_id: text('Its repository on Hugging Face.'),
      filename: text('The file in the repository.'),
      revision: text('Branch or commit of the repository.'),
      subfolder: text('Where to put it.'),
    },
    required: ['model_type'],
    needs: 'model:manage',
    confirm: true,
  },
  convert_model: {
    description: 'Convert a model to another weight type.',
    parameters: {
      model_name: MODEL_NAME,
      model_type: text('Type of the model.'),
      output_type: text('For example q8_0.'),
      tensor_type_rules: text('Other types for some tensors.'),
    },
    required: ['model_name', 'output_type'],
    needs: 'model:manage',
    confirm: true,
  },
};
