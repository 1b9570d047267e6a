import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { AppError, VERSION } from '../../../common/index.js';
import { GENERATION_KINDS } from '../../../generate/index.js';
import { HistoryService, type JobDetails } from '../../../queue/index.js';
import type { GenerationRequest } from '../generate/parameters.js';
import { idOf } from '../queue/identity.js';
import { MoldNames } from '../models/names.js';

/** Most jobs whose pictures are listed. */
const LISTED = 500;

const NAME = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})-([\w.-]{1,128})$/;

type Output = JobDetails['outputs'][number];

/** 404: no picture has this name, or it is somebody else's. */
export class PictureNotFoundError extends AppError {
  constructor() {
    super('IMAGE_NOT_FOUND', 404, 'There is no such image.');
  }
}

/** A picture of the gallery: the job that made it, and its file there. */
interface PicturePlace {
  jobId: string;
  filename: string;
}

/** What a picture of a job is called here. */
export function galleryName(jobId: string, filename: string): string {
  return `${jobId}-${filename}`;
}

/** @throws PictureNotFoundError */
export function placeOf(name: string): PicturePlace {
  const [, jobId, filename] = NAME.exec(name) ?? [];
  if (!jobId || !filename) throw new PictureNotFoundError();
  return { jobId, filename };
}

function metadataOf(job: JobDetails, output: Output, model: string): object {
  const { options } = job.parameters as GenerationRequest;
  const { negative_prompt: negative, strength, sampling_method: sampler } = options;
  const original = job.origin?.params['original_prompt'];
  const video = job.kind === 'text2video';
  return {
    prompt: job.prompt,
    ...(negative ? { negative_prompt: negative } : {}),
    ...(typeof original === 'string' ? { original_prompt: original } : {}),
    model,
    seed: output.seed ?? 0,
    steps: Number(options['steps'] ?? 0),
    guidance: Number(options['guidance'] ?? options['cfg_scale'] ?? 0),
    width: output.width,
    height: output.height,
    ...(typeof strength === 'number' ? { strength } : {}),
    ...(typeof sampler === 'string' ? { scheduler: sampler } : {}),
    ...(video ? { frames: Number(options['video_frames']), fps: Number(options['fps']) } : {}),
    version: VERSION,
    job_id: idOf(job),
  };
}

/** The pictures of each user, whichever API they came by. */
@Injectable()
export class MoldGallery {
  constructor(
    private readonly history: HistoryService,
    private readonly names: MoldNames,
  ) {}

  /** The newest first. */
  async list(caller: Principal): Promise<object[]> {
    const [{ jobs }, models] = await Promise.all([
      this.history.list(caller, {
        states: ['completed'],
        kinds: GENERATION_KINDS.filter((kind) => kind !== 'upscale'),
        limit: LISTED,
      }),
      this.names.list(),
    ]);
    const names = new Map(models.map(({ name, model }) => [model.id, name]));
    return jobs
      .filter((job) => !job.outputs_expired)
      .flatMap((job) => {
        const { model } = job.parameters as GenerationRequest;
        const name = names.get(model.id) ?? model.name;
        return job.outputs.map((output) => ({
          filename: galleryName(job.id, output.filename),
          metadata: metadataOf(job, output, name),
          timestamp: job.end_time ?? job.queued_time,
          format: output.content_type.replace(/^\w+\//, ''),
          size_bytes: output.size,
          metadata_synthetic: false,
        }));
      });
  }
}
