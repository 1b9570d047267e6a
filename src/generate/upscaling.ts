import { Inject, Injectable } from '@nestjs/common';
import { ValidationError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import {
  IMAGE_ENGINE,
  type ImageEngine,
  type LoadOptions,
  type ModelFiles,
  type RawImage,
} from '../engine/index.js';
import { resizePixels } from '../files/index.js';
import { ModelsService, type Model } from '../models/index.js';
import type { RunningJob } from '../queue/index.js';
import { DrawingWatch } from './drawing-watch.js';
import {
  textOf,
  toLoadOptions,
  type GenerationRequest,
  type OptionValues,
} from './generation-request.js';
import { outputProblems, upscaledSize } from './image-limits.js';
import { InputPictures } from './input-pictures.js';
import { PROBE, UpscalerFactors } from './upscaler-factors.js';

/** How pictures are enlarged. */
interface Enlarging {
  model: Model;
  /** How the model is loaded. */
  load: LoadOptions;
  /** How many times larger each side becomes at a time; absent: as the model makes it. */
  factor?: number;
  /** How often. */
  repeats: number;
}

interface Enlarged {
  images: RawImage[];
  /** What they were enlarged with. */
  files: ModelFiles;
}

function numberOf(options: OptionValues, name: string): number | undefined {
  const value = options[name];
  return typeof value === 'number' ? value : undefined;
}

/** Enlarges pictures with an upscaling model: those of a request, and those that were just drawn. */
@Injectable()
export class Upscaling {
  constructor(
    private readonly models: ModelsService,
    private readonly pictures: InputPictures,
    private readonly watch: DrawingWatch,
    private readonly factors: UpscalerFactors,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @returns one picture, in the size that was asked for, else as large as the model makes it. */
  async run(job: RunningJob, { options }: GenerationRequest, model: Model): Promise<Enlarged> {
    job.report({ phase: 'loading', step: 0, totalSteps: 1 });
    const [input] = await this.pictures.handOut('upscale', options);
    return this.enlarge(job, [input?.pixels as RawImage], {
      model,
      load: toLoadOptions(options),
      factor: numberOf(options, 'upscale_factor'),
      repeats: numberOf(options, 'upscale_repeats') ?? 1,
    });
  }

  /** The pictures that were drawn, enlarged if that was asked for. */
  async afterDrawing(
    job: RunningJob,
    { options }: GenerationRequest,
    drawn: RawImage[],
  ): Promise<{ images: RawImage[]; paths: Record<string, string> }> {
    if (options['upscale'] !== true) return { images: drawn, paths: {} };
    const model = await this.models.upscaler(textOf(options, 'upscale_model'));
    const { images } = await this.enlarge(job, drawn, {
      model,
      load: { tileSize: numberOf(options, 'upscale_tile_size') },
      repeats: numberOf(options, 'upscale_repeats') ?? 1,
    });
    return { images, paths: { upscale_model: model.path } };
  }

  private enlarge(job: RunningJob, pictures: RawImage[], how: Enlarging): Promise<Enlarged> {
    const use = { model: how.model, options: how.load };
    return this.models.use(use, { signal: job.signal }, async ({ key, files }) => {
      const images: RawImage[] = [];
      for (const picture of pictures) {
        images.push(
          await this.repeat(picture, how, (image) =>
            this.engine.upscale(key, image, this.watch.of(job)),
          ),
        );
      }
      return { images, files };
    });
  }

  private async repeat(
    picture: RawImage,
    { model, factor, repeats }: Enlarging,
    once: (image: RawImage) => Promise<RawImage>,
  ): Promise<RawImage> {
    let image = picture;
    if (this.factors.of(model) === undefined) this.factors.learn(model, PROBE, await once(PROBE));
    for (let time = 1; time <= repeats; time += 1) {
      this.checkSize(model, image);
      const large = await once(image);
      this.factors.learn(model, image, large);
      image = factor === undefined ? large : await this.fit(large, image, factor);
    }
    return image;
  }

  /** The model has one factor only: what is asked for beyond or below it is resampled from there. */
  private async fit(large: RawImage, small: RawImage, factor: number): Promise<RawImage> {
    const width = Math.round(small.width * factor);
    const height = Math.round(small.height * factor);
    if (width === large.width && height === large.height) return large;
    return resizePixels(large, width, height);
  }

  /** The request was checked with the usual factor where that of its model was not known yet. */
  private checkSize(model: Model, image: RawImage): void {
    const size = upscaledSize(image, {}, this.factors.of(model));
    const output = { ...size, count: 1, field: 'model_name', countField: 'model_name' };
    const problems = outputProblems(output, this.config.images);
    if (problems.length > 0) throw new ValidationError(problems);
  }
}
