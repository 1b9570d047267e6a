import { Inject, Injectable } from '@nestjs/common';
import { ValidationError } from '../common/index.js';
import { IMAGE_ENGINE, type ImageEngine } from '../engine/index.js';
import { LOAD_COMPONENTS, toLoadOptions, type LoadModelDto } from './load-model.dto.js';
import { DRAWABLE_TYPES } from './model-type.js';
import type { Model } from './model.js';
import { ModelNotLoadableError } from './models.errors.js';
import { ModelsService } from './models.service.js';
import { Residency } from './residency.js';

/** Loads and unloads models because somebody asks for it; jobs load what they need by themselves. */
@Injectable()
export class ModelLoader {
  constructor(
    private readonly models: ModelsService,
    private readonly residency: Residency,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
  ) {}

  /**
   * Makes the model ready. The options and components given are from now on those of every job that
   * names this model and does not say otherwise, also when it had to leave the memory meanwhile, until
   * it is unloaded by request.
   * @throws ModelNotFoundError (also of a component), ModelNotLoadableError, ValidationError, EngineError
   */
  async load(nameOrId: string, dto: LoadModelDto): Promise<Model> {
    const model = await this.models.findAny(nameOrId);
    if (!DRAWABLE_TYPES.includes(model.type)) throw new ModelNotLoadableError(model);
    await this.checkWeightType(dto);
    const components = await this.components(dto);
    await this.residency.load(model, { options: toLoadOptions(dto), components });
    return model;
  }

  /** @throws ModelNotFoundError, ModelNotLoadedError, ModelInUseError */
  async unload(nameOrId: string): Promise<Model> {
    const model = await this.models.findAny(nameOrId);
    await this.residency.unload(model);
    return model;
  }

  private async checkWeightType({ weight_type: wanted }: LoadModelDto): Promise<void> {
    if (wanted === undefined) return;
    const { weightTypes } = await this.engine.facts();
    if (weightTypes.includes(wanted)) return;
    const message = `weight_type must be one of ${weightTypes.join(', ')}.`;
    throw new ValidationError([{ field: 'weight_type', message }]);
  }

  private async components(dto: LoadModelDto): Promise<Record<string, string>> {
    const named = LOAD_COMPONENTS.filter(({ field }) => dto[field]);
    return Object.fromEntries(
      await Promise.all(
        named.map(async ({ field, part, types }) => [
          part,
          await this.models.part(types, String(dto[field])),
        ]),
      ),
    );
  }
}
