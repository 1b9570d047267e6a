import { Injectable } from '@nestjs/common';
import {
  DRAWABLE_TYPES,
  ModelsService,
  typeOfFolder,
  type Model,
  type ModelType,
} from '../../../models/index.js';

const SHORT_HASH = 10;

/** A checkpoint as clients of this API know it. */
export interface Checkpoint {
  title: string;
  model_name: string;
  hash: string | null;
  sha256: string | null;
  filename: string;
  config: null;
}

/** The path below the folder of its type; the name of one that is made of several files. */
export function fileOf({ manifest, name, relativePath }: Model): string {
  if (manifest !== null) return name;
  const [first = '', ...rest] = relativePath.split('/');
  return rest.length > 0 && typeOfFolder(first) ? rest.join('/') : relativePath;
}

/** The same without the ending of the file. */
export function stemOf(model: Model): string {
  return model.manifest === null ? fileOf(model).replace(/\.[^./]+$/, '') : model.name;
}

function withoutHash(title: string): string {
  return title.replace(/ \[[0-9a-f]+\]$/, '');
}

/** The models by the names of this API. */
@Injectable()
export class A1111Names {
  constructor(private readonly models: ModelsService) {}

  /** The hash is told once it is known: nobody waits for it. */
  checkpoint(model: Model): Checkpoint {
    const sha256 = this.models.knownHash(model.path) ?? null;
    const hash = sha256?.slice(0, SHORT_HASH) ?? null;
    const filename = fileOf(model);
    const title = hash === null ? filename : `${filename} [${hash}]`;
    return { title, model_name: stemOf(model), hash, sha256, filename, config: null };
  }

  /** Those that can draw. */
  async drawable(): Promise<Model[]> {
    const models = await this.models.list();
    return models.filter(({ type, problem }) => DRAWABLE_TYPES.includes(type) && problem === null);
  }

  /** By title, name or hash, with or without the hash behind it. @throws ModelNotFoundError */
  async find(wanted: string, types: readonly ModelType[] = DRAWABLE_TYPES): Promise<Model> {
    const name = withoutHash(wanted);
    return (await this.named(name, types)) ?? this.models.find(name, types);
  }

  /** The one that draws and has this title or name; undefined where there is none. */
  known(wanted: string): Promise<Model | undefined> {
    return this.named(withoutHash(wanted), DRAWABLE_TYPES);
  }

  private async named(name: string, types: readonly ModelType[]): Promise<Model | undefined> {
    const models = await this.models.list();
    return models.find(
      (model) => types.includes(model.type) && [fileOf(model), stemOf(model)].includes(name),
    );
  }
}
