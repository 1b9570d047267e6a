import { Injectable } from '@nestjs/common';
import { OutputStore, readPictureTexts } from '../../../files/index.js';
import type { JobDetails } from '../../../queue/index.js';
import { A1111Names } from '../lists/names.js';
import { samplersOf, schedulersOf } from '../lists/samplers.js';
import type { A1111Request } from './request.js';

type Body = Record<string, unknown>;

/** What the original answers: the pictures in base64, the request, and the recipe as JSON. */
export interface Drawn {
  images: string[];
  parameters: Body;
  info: string;
}

const NO_VARIATION = -1;

function optionsOf({ parameters }: JobDetails): Body {
  return ((parameters as { options?: Body } | null)?.options ?? {}) as Body;
}

/** The name of this API for something of the engine. */
function nameOf(offer: typeof samplersOf, engine: unknown): string | null {
  return typeof engine === 'string' ? (offer([engine])[0]?.name ?? engine) : null;
}

/** Makes the answer of a finished job; of one that was interrupted it has no pictures. */
@Injectable()
export class A1111Answers {
  constructor(
    private readonly outputs: OutputStore,
    private readonly names: A1111Names,
  ) {}

  async of(job: JobDetails, { told, model }: A1111Request): Promise<Drawn> {
    const files = await Promise.all(
      job.outputs.map(({ filename }) => this.outputs.read(job.id, filename)),
    );
    const texts = await Promise.all(files.map((file) => readPictureTexts(file)));
    const infotexts = texts.map(({ parameters = '' }) => parameters);
    return {
      images: told['send_images'] === false ? [] : files.map((file) => file.toString('base64')),
      parameters: told,
      info: JSON.stringify({ ...this.recipe(job, model), infotexts }),
    };
  }

  private recipe(job: JobDetails, model: A1111Request['model']): Body {
    const options = optionsOf(job);
    const { prompt, negative_prompt: negative = '', seed } = options;
    const first = job.outputs[0];
    const pictures = job.outputs.length || Number(options['batch_count'] ?? 1);
    const { hash, model_name: modelName } = this.names.checkpoint(model);
    const each = <T>(value: T): T[] => Array.from({ length: pictures }, () => value);
    return {
      prompt,
      all_prompts: each(prompt),
      negative_prompt: negative,
      all_negative_prompts: each(negative),
      seed,
      all_seeds: Array.from({ length: pictures }, (_, index) => Number(seed) + index),
      subseed: NO_VARIATION,
      all_subseeds: each(NO_VARIATION),
      subseed_strength: 0,
      width: first?.width ?? options['width'],
      height: first?.height ?? options['height'],
      sampler_name: nameOf(samplersOf, options['sampling_method']),
      scheduler: nameOf(schedulersOf, options['scheduler']),
      cfg_scale: options['cfg_scale'],
      steps: options['steps'],
      batch_size: pictures,
      denoising_strength: options['strength'] ?? options['hires_denoising_strength'] ?? null,
      restore_faces: false,
      face_restoration_model: null,
      sd_model_name: modelName,
      sd_model_hash: hash,
      clip_skip: options['clip_skip'],
      extra_generation_params: {},
      index_of_first_image: 0,
      styles: [],
      is_using_inpainting_conditioning: false,
    };
  }
}
