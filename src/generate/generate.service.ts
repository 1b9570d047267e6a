import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { InvalidParametersError, ValidationError, type FieldProblem } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { IMAGE_ENGINE, type ImageEngine } from '../engine/index.js';
import { ModelsService, type Model } from '../models/index.js';
import { QueueService, type NewJob, type Upload } from '../queue/index.js';
import type { OptionContext } from './check-option.js';
import { costOf } from './cost.js';
import { textOf, type GenerationRequest, type OptionValues } from './generation-request.js';
import { inputProblems, modelProblems, outputProblems, outputSize } from './image-limits.js';
import { InputPictures } from './input-pictures.js';
import type { GenerationKind } from './options/index.js';
import { RequestParts } from './request-parts.js';
import { problemsTogether, readOptions, withDefaults } from './read-options.js';
import { UpscalerFactors } from './upscaler-factors.js';

function isPlainObject(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

/** @throws ValidationError where there is a problem */
function refuse(problems: FieldProblem[]): void {
  if (problems.length > 0) throw new ValidationError(problems);
}

/** What an API adds to the request that it passes on. */
export interface Submission extends Pick<NewJob, 'label' | 'origin'> {
  /** What counts where neither the request nor the model says anything, by the names of the options. */
  defaults?: OptionValues;
}

/** Accepts generations: nothing that could harm the engine gets past here. */
@Injectable()
export class GenerateService implements OnApplicationBootstrap {
  constructor(
    private readonly models: ModelsService,
    private readonly parts: RequestParts,
    private readonly pictures: InputPictures,
    private readonly queue: QueueService,
    private readonly factors: UpscalerFactors,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Wakes the engine and looks for models, so that the first request does not wait for it; whoever asks is told of a failure. */
  onApplicationBootstrap(): void {
    void Promise.allSettled([this.engine.facts(), this.models.list()]);
  }

  /**
   * Checks a request, decides everything it leaves open, and queues it.
   * @returns the id of the job.
   * @throws InvalidParametersError, ValidationError, ModelNotFoundError, EngineError unavailable
   */
  async submit(
    principal: Principal,
    kind: GenerationKind,
    body: unknown,
    submission: Submission = {},
  ): Promise<string> {
    return this.queue.submit(principal, await this.prepare(principal, kind, body, submission));
  }

  /** The same without queueing it, for those that queue several at once. @throws as {@link submit} */
  async prepare(
    principal: Principal,
    kind: GenerationKind,
    body: unknown,
    { defaults, ...said }: Submission = {},
  ): Promise<NewJob> {
    const { request, uploads } = await this.read(principal, kind, body, defaults);
    return {
      kind,
      title: textOf(request.options, 'prompt'),
      request,
      model: request.model.name,
      cost: costOf(kind, request.options),
      uploads,
      ...said,
    };
  }

  /** What the checks of this server depend on. @throws EngineError unavailable */
  async context(): Promise<OptionContext> {
    return { facts: await this.engine.facts(), promptLimit: this.config.generate.promptLimit };
  }

  private async read(
    principal: Principal,
    kind: GenerationKind,
    body: unknown,
    defaults: OptionValues | undefined,
  ): Promise<{ request: GenerationRequest; uploads: Upload[] }> {
    if (!isPlainObject(body)) throw new InvalidParametersError('The body must be a JSON object.');
    const { given, problems } = readOptions(kind, body, await this.context());
    refuse(problems);
    const model = await this.model(kind, textOf(given, 'model_name'));
    const usual = withDefaults(kind, given, model.recommended, defaults);
    const upscalers = await this.upscalersFor(kind, usual);
    const options = { ...usual, ...upscalers, model_name: model.name };
    refuse([...problemsTogether(kind, options), ...modelProblems(kind, options, model)]);
    const factor = await this.upscalerFactor(kind, options, model);
    await this.parts.resolve(options, model);
    const { options: taken, uploads } = await this.pictures.takeIn(principal, options, (images) => {
      refuse(inputProblems(images, this.config.images));
      const inputs = new Map(images.map((image) => [image.field, image]));
      refuse(outputProblems(outputSize(kind, options, inputs, factor), this.config.images));
    });
    const request = { kind, model: { id: model.id, name: model.name }, options: taken };
    return { request, uploads };
  }

  /** The upscalers by their names: that of a second pass that wants one, and that for what was drawn. */
  private async upscalersFor(kind: GenerationKind, options: OptionValues): Promise<OptionValues> {
    if (kind === 'upscale') return {};
    const second = options['hires_upscaler'] === 'Model' && !('hires_upscale_model' in options);
    const named = async (field: string): Promise<OptionValues> => {
      const { name } = await this.models.upscaler(textOf(options, field));
      return { [field]: name };
    };
    return {
      ...(second ? await named('hires_upscale_model') : {}),
      ...(options['upscale'] === true ? await named('upscale_model') : {}),
    };
  }

  /** How much larger the upscaler of the request makes images; undefined where it has not been used yet. */
  private async upscalerFactor(
    kind: GenerationKind,
    options: OptionValues,
    model: Model,
  ): Promise<number | undefined> {
    if (kind === 'upscale') return this.factors.of(model);
    if (options['upscale'] !== true) return undefined;
    return this.factors.of(await this.models.upscaler(textOf(options, 'upscale_model')));
  }

  /** The model of this name for this kind of generation; the default one for an empty name. */
  async model(kind: GenerationKind, name: string): Promise<Model> {
    return kind === 'upscale' ? this.models.upscaler(name) : this.models.find(name);
  }
}
