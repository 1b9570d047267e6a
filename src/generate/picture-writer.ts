import { basename } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { VERSION } from '../common/index.js';
import type { EngineFacts, ModelFiles, RawImage } from '../engine/index.js';
import {
  encodePicture,
  encodeVideo,
  OutputStore,
  type EncodedFile,
  type PictureFormat,
  type VideoFormat,
} from '../files/index.js';
import type { Model } from '../models/index.js';
import type { JobOutput } from '../queue/index.js';
import type { GenerationRequest } from './generation-request.js';
import { infotext } from './infotext.js';
import type { RecipeFiles } from './recipe-hashes.js';

/** Everything that a picture says of how it was made. */
export interface Making {
  request: GenerationRequest;
  model: Model;
  facts: EngineFacts;
  files: ModelFiles;
  /** The hashes of what it was made with. */
  made: RecipeFiles;
  /** Done to each image just before it is encoded, so that one at a time is held as large as it becomes. */
  finish?: ((image: RawImage) => Promise<RawImage>) | undefined;
  /** Aborted when the job is cancelled. */
  signal: AbortSignal;
}

/**
 * The machine-readable recipe in a picture, under the keyword `atelier`. It holds nothing that differs
 * between two runs of the same recipe, so that those give the same bytes. Input pictures are named by
 * the SHA-256 of their bytes.
 */
function manifest({ request, model, facts, made }: Making, seed: number | undefined): object {
  const { parts, loras, embeddings, others } = made;
  return {
    version: 1,
    generator: `atelier ${VERSION}`,
    engine: { name: facts.name, version: facts.version, commit: facts.commit },
    model: { name: model.name, architecture: model.architecture, sha256: parts },
    ...(loras.length > 0 ? { loras: loras.map(({ name, sha256 }) => ({ name, sha256 })) } : {}),
    ...(embeddings.length > 0 ? { embeddings } : {}),
    ...(Object.keys(others).length > 0 ? { files: others } : {}),
    kind: request.kind,
    options: {
      ...request.options,
      ...(seed === undefined ? {} : { seed }),
      ...('batch_count' in request.options ? { batch_count: 1 } : {}),
    },
  };
}

function textsOf(making: Making, seed: number | undefined): Record<string, string> {
  const { request, model, facts, files, made } = making;
  return {
    parameters: infotext({
      options: request.options,
      seed,
      modelName: model.name,
      modelHash: made.parts['diffusionModel'] ?? made.parts['model'] ?? '',
      ...(files.vae ? { vae: { name: basename(files.vae), sha256: made.parts['vae'] ?? '' } } : {}),
      loras: made.loras,
      embeddings: made.embeddings,
      version: `atelier ${VERSION} (${facts.name} ${facts.commit})`,
    }),
    atelier: JSON.stringify(manifest(making, seed)),
  };
}

/** Keeps what a job has drawn as files with their recipe inside. */
@Injectable()
export class PictureWriter {
  private readonly logger = new Logger(PictureWriter.name);

  constructor(private readonly outputs: OutputStore) {}

  /** Writes all of a job's files or, when it throws, none. */
  async write(jobId: string, making: Making, images: RawImage[]): Promise<JobOutput[]> {
    await this.outputs.begin(jobId);
    try {
      return await this.writeAll(jobId, making, images);
    } catch (error) {
      await this.outputs.discard(jobId);
      throw error;
    }
  }

  private async writeAll(jobId: string, making: Making, images: RawImage[]): Promise<JobOutput[]> {
    if (making.request.kind === 'text2video') return [await this.writeVideo(jobId, making, images)];
    const { seed } = making.request.options;
    const outputs: JobOutput[] = [];
    // One after the other: an encoded image may be as large as its pixels.
    for (const [index, image] of images.entries()) {
      const ownSeed = typeof seed === 'number' ? seed + index : undefined;
      const finished = making.finish ? await making.finish(image) : image;
      outputs.push(await this.writePicture(jobId, making, finished, index, ownSeed));
    }
    return outputs;
  }

  private async writePicture(
    jobId: string,
    making: Making,
    image: RawImage,
    index: number,
    seed: number | undefined,
  ): Promise<JobOutput> {
    const { output_format: format, output_quality: quality } = making.request.options;
    const file = await encodePicture(image, textsOf(making, seed), {
      format: (format ?? 'png') as PictureFormat,
      quality: quality as number | undefined,
    });
    return this.keep(jobId, `image_${index}`, file, image, seed);
  }

  private async writeVideo(jobId: string, making: Making, frames: RawImage[]): Promise<JobOutput> {
    const { seed, fps, video_format: format } = making.request.options;
    const [first] = frames;
    if (!first) throw new Error('The engine made no frames.');
    const file = await encodeVideo(frames, Number(fps), (format ?? 'mp4') as VideoFormat, {
      texts: textsOf(making, seed as number),
      signal: making.signal,
      onFallback: (reason) => this.logger.warn(`Job ${jobId}: ${reason}`),
    });
    return this.keep(jobId, 'video_0', file, first, seed as number);
  }

  private async keep(
    jobId: string,
    stem: string,
    { data, contentType, extension }: EncodedFile,
    { width, height }: RawImage,
    seed: number | undefined,
  ): Promise<JobOutput> {
    const filename = `${stem}.${extension}`;
    await this.outputs.write(jobId, filename, data);
    return {
      filename,
      content_type: contentType,
      size: data.length,
      width,
      height,
      ...(seed === undefined ? {} : { seed }),
    };
  }
}
