import { Injectable } from '@nestjs/common';
import { VERSION } from '../common/index.js';
import type { EngineFacts, RawImage } from '../engine/index.js';
import { encodePng, OutputStore } from '../files/index.js';
import type { Model } from '../models/index.js';
import type { JobOutput } from '../queue/index.js';
import type { GenerationRequest } from './generation-request.js';
import { infotext } from './infotext.js';

/** Everything that a picture says of how it was made. */
export interface Making {
  request: GenerationRequest;
  model: Model;
  facts: EngineFacts;
  /** SHA-256 by part of the model. */
  hashes: Record<string, string>;
}

/**
 * The machine-readable recipe in a PNG, under the keyword `atelier`. It holds nothing that differs
 * between two runs of the same recipe, so that those give the same bytes.
 */
function manifest({ request, model, facts, hashes }: Making, seed: number): object {
  return {
    version: 1,
    generator: `atelier ${VERSION}`,
    engine: { name: facts.name, version: facts.version, commit: facts.commit },
    model: { name: model.name, architecture: model.architecture, sha256: hashes },
    kind: 'text2img',
    options: { ...request.options, seed, batch_count: 1 },
  };
}

/** Keeps the pictures of a job as PNG files with their recipe inside. */
@Injectable()
export class PictureWriter {
  constructor(private readonly outputs: OutputStore) {}

  write(jobId: string, making: Making, images: RawImage[]): Promise<JobOutput[]> {
    const firstSeed = Number(making.request.options['seed']);
    return Promise.all(
      images.map((image, index) => this.writeOne(jobId, making, image, index, firstSeed + index)),
    );
  }

  private async writeOne(
    jobId: string,
    making: Making,
    image: RawImage,
    index: number,
    seed: number,
  ): Promise<JobOutput> {
    const filename = `image_${index}.png`;
    const png = await encodePng(image, {
      parameters: infotext({
        options: making.request.options,
        seed,
        modelName: making.model.name,
        modelHash: making.hashes['diffusionModel'] ?? making.hashes['model'] ?? '',
        version: `atelier ${VERSION} (${making.facts.name} ${making.facts.commit})`,
      }),
      atelier: JSON.stringify(manifest(making, seed)),
    });
    await this.outputs.write(jobId, filename, png);
    const { width, height } = image;
    return { filename, content_type: 'image/png', size: png.length, width, height, seed };
  }
}
