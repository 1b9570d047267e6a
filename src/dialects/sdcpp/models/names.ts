import { Injectable } from '@nestjs/common';
import { ModelsService, typeOfFolder, type Model, type ModelType } from '../../../models/index.js';

/** The types of models as the document has them, each with the list of `GET /models` in which it is. */
export const LISTS: Readonly<Record<ModelType, string>> = {
  checkpoint: 'checkpoints',
  diffusion: 'diffusion_models',
  vae: 'vae',
  lora: 'loras',
  clip: 'clip',
  t5: 't5',
  controlnet: 'controlnets',
  llm: 'llm',
  esrgan: 'esrgan',
  taesd: 'taesd',
  embedding: 'embeddings',
};

/** Lists of the web UI for types that this engine has not. */
export const EMPTY_LISTS = {
  ip_adapter: 'ip_adapters',
  motion_module: 'motion_modules',
  adetailer: 'adetailers',
} as const;

/**
 * What this API calls a model: its path below the folder of its type, as `SD1x/model.safetensors`, and the
 * name of one that is made of several files.
 */
export function nameOf({ manifest, name, relativePath }: Model): string {
  if (manifest !== null) return name;
  const [first = '', ...rest] = relativePath.split('/');
  return rest.length > 0 && typeOfFolder(first) ? rest.join('/') : relativePath;
}

/** The models by the names of this API. */
@Injectable()
export class SdcppNames {
  constructor(private readonly models: ModelsService) {}

  /** The model of one of these types, the likelier types first. @throws ModelNotFoundError */
  async find(name: string, types: readonly ModelType[]): Promise<Model> {
    const models = await this.models.list();
    for (const type of types) {
      const found = models.find((model) => model.type === type && nameOf(model) === name);
      if (found) return found;
    }
    return this.models.find(name, types);
  }

  /** What the core is told of a file that takes a part of a model: its path where it has this name, else the name as it is. */
  async toCore(name: string, types: readonly ModelType[]): Promise<string> {
    const models = await this.models.list();
    const found = models.find((model) => types.includes(model.type) && nameOf(model) === name);
    return found?.relativePath ?? name;
  }

  /** The name of a file that takes a part of a model, by what the core was told of it. */
  async fromCore(told: string): Promise<string> {
    const models = await this.models.list();
    const found = models.find(({ id, relativePath }) => relativePath === told || id === told);
    return found ? nameOf(found) : told;
  }
}
