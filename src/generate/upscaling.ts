import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { IMAGE_ENGINE, type ImageEngine, type ModelFiles, type RawImage } from '../engine/index.js';
import { resizePixels } from '../files/index.js';
import type { Model } from '../models/index.js';
import type { RunningJob } from '../queue/index.js';
import { DrawingWatch } from './drawing-watch.js';
import type { GenerationRequest } from './generation-request.js';
import { InputPictures } from './input-pictures.js';

/** Enlarges a picture with an upscaling model. */
@Injectable()
export class Upscaling {
  constructor(
    private readonly pictures: InputPictures,
    private readonly watch: DrawingWatch,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @returns one picture, in the size that was asked for, else as large as the model makes it. */
  async run(
    job: RunningJob,
    { options }: GenerationRequest,
    model: Model,
  ): Promise<{ images: RawImage[]; files: ModelFiles }> {
    job.report({ phase: 'loading', step: 0, totalSteps: 1 });
    const [input] = await this.pictures.handOut(options);
    const small = input?.pixels as RawImage;
    const spec = {
      path: model.path,
      name: model.name,
      threads: this.config.engine.threads,
      tileSize: options['tile_size'] as number | undefined,
    };
    const large = await this.engine.upscale(spec, small, this.watch.of(job));
    const factor = options['upscale_factor'];
    const images = [typeof factor === 'number' ? await this.fit(large, small, factor) : large];
    return { images, files: { model: model.path } };
  }

  /** The model has one factor only: what is asked for beyond or below it is resampled from there. */
  private async fit(large: RawImage, small: RawImage, factor: number): Promise<RawImage> {
    const width = Math.round(small.width * factor);
    const height = Math.round(small.height * factor);
    if (width === large.width && height === large.height) return large;
    return resizePixels(large, width, height);
  }
}
