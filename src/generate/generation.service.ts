import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { messageOf } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import {
  EngineError,
  IMAGE_ENGINE,
  type EngineWatch,
  type ImageEngine,
  type ImageRequest,
  type ModelFiles,
  type RawImage,
} from '../engine/index.js';
import { Audience } from '../events/index.js';
import { OutputStore, previewDataUrl } from '../files/index.js';
import { ModelsService, type Model } from '../models/index.js';
import { QueueService, RetryJobError, type JobResult, type RunningJob } from '../queue/index.js';
import {
  toComponents,
  toImageRequest,
  toLoadOptions,
  type GenerationRequest,
} from './generation-request.js';
import { PictureWriter } from './picture-writer.js';

/** How many previews a picture gets at most: a decoder takes as long as several steps, a projection nearly nothing. */
const PREVIEWS = { proj: 20, tae: 3, vae: 3 };

/** Does the jobs: makes the model ready, drives the engine, tells how far it is, keeps what came out. */
@Injectable()
export class GenerationService implements OnModuleInit {
  private readonly logger = new Logger(GenerationService.name);

  constructor(
    private readonly queue: QueueService,
    private readonly models: ModelsService,
    private readonly outputs: OutputStore,
    private readonly writer: PictureWriter,
    private readonly audience: Audience,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.queue.handle('text2img', (job) => this.run(job));
  }

  private async run(job: RunningJob): Promise<JobResult> {
    try {
      return await this.attempt(job);
    } catch (error) {
      await this.outputs.discard(job.id);
      if (error instanceof EngineError && error.reason === 'crashed')
        throw new RetryJobError(error);
      throw error;
    }
  }

  private async attempt(job: RunningJob): Promise<JobResult> {
    const request = job.request as GenerationRequest;
    const model = await this.models.find(request.model.id);
    const image = this.withPreview(job, model, toImageRequest(request.options));
    const { images, files } = await this.draw(job, model, request, image);
    job.report({ phase: 'saving' });
    await this.outputs.begin(job.id);
    const facts = await this.engine.facts();
    const hashes = await this.models.hash({ files });
    const outputs = await this.writer.write(job.id, { request, model, facts, hashes }, images);
    return { outputs, total_steps: image.steps * image.batchCount };
  }

  private async draw(
    job: RunningJob,
    model: Model,
    request: GenerationRequest,
    image: ImageRequest,
  ): Promise<{ images: RawImage[]; files: ModelFiles }> {
    const totalSteps = image.steps * image.batchCount;
    job.report({ phase: 'loading', step: 0, totalSteps });
    const components = await this.components(request);
    const wanted = { model, options: toLoadOptions(request.options), components };
    return this.models.use(wanted, { signal: job.signal }, async ({ key, files }) => {
      job.report({ phase: 'encoding', step: 0, totalSteps });
      return { images: await this.engine.generate(key, image, this.watch(job)), files };
    });
  }

  private watch(job: RunningJob): EngineWatch {
    let ended = false;
    let busy = false;
    const tellPreview = async (pixels: RawImage): Promise<void> => {
      busy = true;
      try {
        const preview = await previewDataUrl(pixels);
        if (!ended) job.report({ preview });
      } catch (error) {
        this.logger.warn(`A preview of job ${job.id} failed: ${messageOf(error)}`);
      } finally {
        busy = false;
      }
    };
    return {
      signal: job.signal,
      onProgress: ({ phase, step }) => {
        ended = phase === 'decoding';
        job.report(phase === 'sampling' ? { phase, step } : { phase });
      },
      onPreview: ({ image }) => {
        // The newest is worth more than all of them: what comes while one is being made is left out.
        if (!busy && this.audience.isWatched(job.ownerId)) void tellPreview(image);
      },
    };
  }

  /** Previews cost time, so they are asked for only when somebody looks. */
  private withPreview(job: RunningJob, model: Model, image: ImageRequest): ImageRequest {
    if (!this.config.generate.previews || !this.audience.isWatched(job.ownerId)) return image;
    const interval = Math.ceil((image.steps + 1) / (PREVIEWS[model.preview] + 1));
    return { ...image, preview: { mode: model.preview, interval } };
  }

  private async components(request: GenerationRequest): Promise<Partial<ModelFiles>> {
    const named = Object.entries(toComponents(request.options));
    const paths = await Promise.all(
      named.map(async ([part, file]) => [part, await this.models.component(part, String(file))]),
    );
    return Object.fromEntries(paths);
  }
}
