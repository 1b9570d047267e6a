import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { InvalidParametersError, ValidationError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { IMAGE_ENGINE, type ImageEngine } from '../engine/index.js';
import { ModelsService } from '../models/index.js';
import { QueueService } from '../queue/index.js';
import type { GenerationRequest } from './generation-request.js';
import { OPTIONS } from './options.js';
import { problemsTogether, readOptions, withDefaults, type OptionContext } from './read-options.js';

function isPlainObject(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

/** Accepts generations: nothing that could harm the engine gets past here. */
@Injectable()
export class GenerateService implements OnApplicationBootstrap {
  constructor(
    private readonly models: ModelsService,
    private readonly queue: QueueService,
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
  async submit(principal: Principal, body: unknown): Promise<string> {
    const request = await this.read(body);
    return this.queue.submit(principal, {
      kind: 'text2img',
      title: String(request.options['prompt']),
      request,
    });
  }

  private async read(body: unknown): Promise<GenerationRequest> {
    if (!isPlainObject(body)) throw new InvalidParametersError('The body must be a JSON object.');
    const { given, problems } = readOptions(body, await this.context());
    if (problems.length > 0) throw new ValidationError(problems);
    const model = await this.models.find(String(given['model_name'] ?? ''));
    const options = { ...withDefaults(given, model.recommended), model_name: model.name };
    const together = problemsTogether(options);
    if (together.length > 0) throw new ValidationError(together);
    await this.checkComponents(options);
    return { model: { id: model.id, name: model.name }, options };
  }

  private async context(): Promise<OptionContext> {
    const { samplers, schedulers } = await this.engine.facts();
    return { samplers, schedulers, promptLimit: this.config.generate.promptLimit };
  }

  private async checkComponents(options: GenerationRequest['options']): Promise<void> {
    const named = Object.entries(options).filter(([name]) => OPTIONS[name]?.type === 'component');
    for (const [name, file] of named) await this.models.component(name, String(file));
  }
}
