import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/index.js';
import { DRAWABLE_TYPES, ModelsService, type Model } from '../../../models/index.js';

/** The models that draw, by the names that clients of this API use. */
@Injectable()
export class OpenaiModels {
  private readonly aliases: ReadonlySet<string>;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly models: ModelsService,
  ) {
    this.aliases = new Set(['default', ...config.generate.defaultModelNames]);
  }

  /** What the core calls the model of this name; the default one where that is what it stands for. */
  coreNameOf(name: string): string {
    return this.aliases.has(name) ? '' : name;
  }

  /** @throws ModelNotFoundError */
  find(name: string): Promise<Model> {
    return this.models.find(this.coreNameOf(name));
  }

  async list(): Promise<Model[]> {
    const models = await this.models.list();
    return models.filter(({ type }) => DRAWABLE_TYPES.includes(type));
  }

  /** Its name, but its id where others have the same. */
  async idOf({ id, name }: Model): Promise<string> {
    const namesakes = (await this.list()).filter((other) => other.name === name);
    return namesakes.length > 1 ? id : name;
  }
}
