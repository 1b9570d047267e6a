import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { JOB_PERMISSIONS } from '../auth/index.js';
import {
  IMAGE_ENGINE,
  type ImageEngine,
  type ImageRequest,
  type ModelFiles,
  type RawImage,
  type VideoRequest,
} from '../engine/index.js';
import { OutputStore } from '../files/index.js';
import { ModelsService, type Model } from '../models/index.js';
import { QueueService, type JobOutput, type JobResult, type RunningJob } from '../queue/index.js';
import { StorageMonitor } from '../storage/index.js';
import { DrawingWatch } from './drawing-watch.js';
import { addTo, type GenerationRequest } from './generation-request.js';
import { InputPictures } from './input-pictures.js';
import { MaskedArea } from './masked-area.js';
import { GENERATION_KINDS } from './options/index.js';
import { PictureWriter } from './picture-writer.js';
import { PreviewPreferences } from './preview-preferences.js';
import { RecipeHashes } from './recipe-hashes.js';
import { RequestParts, type NamedFiles } from './request-parts.js';
import { Upscaling } from './upscaling.js';

type DrawnRequest = ImageRequest & VideoRequest;

const NOTHING_ELSE: NamedFiles = { loras: [], embeddings: [], paths: {} };

interface Drawn {
  images: RawImage[];
  /** What the pictures were really drawn with. */
  files: ModelFiles;
  used?: NamedFiles;
  /** Where the images belong, of which only the masked part was drawn. */
  area?: MaskedArea | undefined;
}

/** Has the masked part alone drawn, where that is wanted. */
async function maskedArea(
  { options }: GenerationRequest,
  wanted: DrawnRequest,
): Promise<MaskedArea | undefined> {
  const { initImage: picture, maskImage: mask } = wanted;
  if (options['masked_only'] !== true || !picture || !mask) return undefined;
  const area = await MaskedArea.of({ picture, mask }, Number(options['masked_padding']), wanted);
  Object.assign(wanted, await area.forEngine(wanted, wanted.controlImage));
  return area;
}

/** Does the jobs: makes the model ready, drives the engine, tells how far it is, keeps what came out. */
@Injectable()
export class GenerationService implements OnModuleInit {
  constructor(
    private readonly queue: QueueService,
    private readonly models: ModelsService,
    private readonly parts: RequestParts,
    private readonly pictures: InputPictures,
    private readonly upscaling: Upscaling,
    private readonly outputs: OutputStore,
    private readonly hashes: RecipeHashes,
    private readonly writer: PictureWriter,
    private readonly watch: DrawingWatch,
    private readonly previews: PreviewPreferences,
    private readonly storage: StorageMonitor,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
  ) {}

  onModuleInit(): void {
    for (const kind of GENERATION_KINDS)
      this.queue.handle(kind, (job) => this.run(job), { permissions: JOB_PERMISSIONS.generation });
  }

  private async run(job: RunningJob): Promise<JobResult> {
    try {
      return await this.attempt(job);
    } catch (error) {
      await this.outputs.discard(job.id);
      throw error;
    }
  }

  private async attempt(job: RunningJob): Promise<JobResult> {
    const request = job.request as GenerationRequest;
    const model = await this.modelOf(request);
    const { images, files, used, area }: Drawn =
      request.kind === 'upscale'
        ? await this.upscaling.run(job, request, model)
        : await this.drawAndEnlarge(job, request, model);
    job.report({ phase: 'saving' });
    const facts = await this.engine.facts();
    const made = await this.hashes.of(files, used ?? NOTHING_ELSE);
    const finish = area && ((image: RawImage) => area.with(image));
    const making = { request, model, facts, files, made, finish, signal: job.signal };
    const write = (): Promise<JobOutput[]> => this.writer.write(job.id, making, images);
    return { outputs: await this.storage.persist(write, job.signal) };
  }

  private modelOf({ kind, model }: GenerationRequest): Promise<Model> {
    if (kind === 'upscale') return this.models.upscaler(model.id);
    return this.models.find(model.id);
  }

  private async drawAndEnlarge(
    job: RunningJob,
    request: GenerationRequest,
    model: Model,
  ): Promise<Drawn> {
    const made = await this.draw(job, request, model);
    const { images: drawn, files, used = NOTHING_ELSE, area } = made;
    if (request.options['upscale'] !== true) return made;
    const whole: RawImage[] = [];
    for (const image of drawn) whole.push(area ? await area.with(image) : image);
    const { images, paths } = await this.upscaling.afterDrawing(job, request, whole);
    return { images, files, used: { ...used, paths: { ...used.paths, ...paths } } };
  }

  private async draw(job: RunningJob, request: GenerationRequest, model: Model): Promise<Drawn> {
    const {
      request: wanted,
      load,
      components,
      used,
    } = await this.parts.toEngine(request.options, model);
    job.report({ phase: 'loading', step: 0, totalSteps: wanted.steps * (wanted.batchCount ?? 1) });
    await this.addPictures(request, wanted);
    const area = await maskedArea(request, wanted);
    const wishes = await this.previews.of(job.ownerId);
    const use = { model, options: load, components };
    return this.models.use(use, { signal: job.signal }, async ({ key, files }) => {
      job.report({ phase: 'encoding', step: 0 });
      const hasTiny = files.taesd !== undefined;
      wanted.preview = this.watch.preview(job, model, wanted.steps, wishes, hasTiny);
      const watch = this.watch.of(job, wishes);
      const images =
        request.kind === 'text2video'
          ? await this.engine.generateVideo(key, wanted, watch)
          : await this.engine.generate(key, wanted, watch);
      return { images, files, used, area };
    });
  }

  private async addPictures(request: GenerationRequest, wanted: DrawnRequest): Promise<void> {
    for (const { name, pixels } of await this.pictures.handOut(request.kind, request.options)) {
      addTo(wanted, name, pixels);
    }
    const { controlImage } = wanted;
    if (!controlImage) return;
    if (request.options['canny']) wanted.controlImage = await this.engine.canny(controlImage);
    if (request.kind === 'text2video')
      wanted.controlFrames ??= Array.from({ length: wanted.frames }, () => controlImage);
  }
}
