import { Injectable } from '@nestjs/common';
import { OutputStore } from '../../../files/index.js';
import type { GenerationRequest } from './parameters.js';
import type { JobDetails } from '../../../queue/index.js';
import { MoldNames } from '../models/names.js';
import { withoutRecipe } from './without-recipe.js';

type Output = JobDetails['outputs'][number];

/** A video that was made: how many frames it has, how fast they are, and how long that takes. */
interface Film {
  frames: number;
  fps: number;
  durationMs: number;
}

function first({ id, outputs }: JobDetails): Output {
  const [output] = outputs;
  if (output) return output;
  throw new Error(`Job ${id} has completed without a picture.`);
}

function filmOf({ kind, parameters }: JobDetails): Film | undefined {
  if (kind !== 'text2video') return undefined;
  const { options } = parameters as GenerationRequest;
  const frames = Number(options['video_frames']);
  const fps = Number(options['fps']);
  return { frames, fps, durationMs: Math.round((frames / fps) * 1000) };
}

function filmFields(film: Film | undefined): object {
  if (!film) return {};
  return {
    video_frames: film.frames,
    video_fps: film.fps,
    video_has_audio: false,
    video_duration_ms: film.durationMs,
  };
}

function filmHeaders(film: Film | undefined, { width, height }: Output): Record<string, string> {
  if (!film) return {};
  return {
    'x-mold-video-frames': String(film.frames),
    'x-mold-video-fps': String(film.fps),
    'x-mold-video-width': String(width),
    'x-mold-video-height': String(height),
    'x-mold-video-has-audio': '0',
    'x-mold-video-duration-ms': String(film.durationMs),
  };
}

/** How mold calls the format of a file. */
function formatOf({ content_type: type }: Output): string {
  return type.replace(/^\w+\//, '');
}

/** Makes answers of finished jobs. */
@Injectable()
export class MoldAnswers {
  constructor(
    private readonly outputs: OutputStore,
    private readonly names: MoldNames,
  ) {}

  /** The first picture, or the video, and what is said of it in headers. */
  async raw(
    job: JobDetails,
    withRecipe: boolean,
  ): Promise<{ headers: Record<string, string>; data: Buffer }> {
    const output = first(job);
    const others = job.outputs.length - 1;
    const headers = {
      'content-type': output.content_type,
      'x-mold-seed-used': String(output.seed ?? 0),
      ...filmHeaders(filmOf(job), output),
      ...(others > 0
        ? { 'x-mold-request-warning': `${others} more of the batch are not in this answer` }
        : {}),
    };
    return { headers, data: await this.read(job, output, withRecipe) };
  }

  /** Everything, with the keys of the document beside those that the command line reads. */
  async whole(job: JobDetails, withRecipe: boolean): Promise<object> {
    const output = first(job);
    const film = filmOf(job);
    const files = await Promise.all(job.outputs.map((one) => this.read(job, one, withRecipe)));
    const { model } = job.parameters as GenerationRequest;
    return {
      image: files[0]?.toString('base64'),
      format: formatOf(output),
      width: output.width,
      height: output.height,
      images: film ? [] : job.outputs.map((one, index) => imageOf(one, index, files[index])),
      seed_used: output.seed ?? 0,
      generation_time_ms: job.time_elapsed,
      model: await this.names.nameOf(model),
      ...filmFields(film),
    };
  }

  private async read(job: JobDetails, output: Output, withRecipe: boolean): Promise<Buffer> {
    const file = await this.outputs.read(job.id, output.filename);
    return withRecipe ? file : withoutRecipe(file);
  }
}

function imageOf(output: Output, index: number, data: Buffer | undefined): object {
  const { width, height } = output;
  return { data: [...(data ?? [])], format: formatOf(output), width, height, index };
}
