import { Inject, Injectable } from '@nestjs/common';
import { ValidationError } from '../common/index.js';
import { IMAGE_ENGINE, type ImageEngine, type ModelFiles } from '../engine/index.js';
import {
  optionFields,
  readLoadRequest,
  type LoadRequest,
  type NamedPart,
} from './loading/load-request.js';
import { LOADABLE_TYPES, UPSCALER_TYPE } from './model-type.js';
import type { Model } from './model.js';
import { ModelNotLoadableError } from './models.errors.js';
import { ModelsService } from './models.service.js';
import { PartFinder } from './parts/part-finder.js';
import { Residency } from './residency.js';

/** Loads and unloads models because somebody asks for it; jobs load what they need by themselves. */
@Injectable()
export class ModelLoader {
  constructor(
    private readonly models: ModelsService,
    private readonly parts: PartFinder,
    private readonly residency: Residency,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
  ) {}

  /**
   * Makes the model ready. The options and components given are from now on those of every job that
   * names this model and does not say otherwise, also when it had to leave the memory meanwhile, until
   * it is unloaded by request.
   * @throws ModelNotFoundError, ModelNotLoadableError, InvalidParametersError, ValidationError, EngineError
   */
  async load(nameOrId: string, body: unknown): Promise<Model> {
    const model = await this.models.findAny(nameOrId);
    if (!LOADABLE_TYPES.includes(model.type)) throw new ModelNotLoadableError(model);
    const request = readLoadRequest(body, await this.engine.facts());
    if (model.type === UPSCALER_TYPE) refuseMeaningless(request);
    const components = await this.components(request.parts, model);
    await this.residency.load(model, { options: request.options, components });
    return model;
  }

  /** @throws ModelNotFoundError, ModelNotLoadedError, ModelInUseError */
  async unload(nameOrId: string): Promise<Model> {
    const model = await this.models.findAny(nameOrId);
    await this.residency.unload(model);
    return model;
  }

  private async components(
    parts: readonly NamedPart[],
    model: Model,
  ): Promise<Partial<ModelFiles>> {
    const found = parts.map(async ({ field, option, wanted }) => {
      return [option.part, await this.parts.find(field, option, wanted, model)] as const;
    });
    return Object.fromEntries(await Promise.all(found));
  }
}

/** Of all this the engine takes nothing but the threads for an upscaler. @throws ValidationError */
function refuseMeaningless({ options, parts }: LoadRequest): void {
  const others = optionFields({ ...options, threads: undefined });
  const fields = [...Object.keys(others), ...parts.map(({ field }) => field)];
  if (fields.length === 0) return;
  throw new ValidationError(
    fields.map((field) => ({ field, message: `${field} means nothing to an upscaler.` })),
  );
}
