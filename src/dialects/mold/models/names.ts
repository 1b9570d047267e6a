import { Injectable } from '@nestjs/common';
import {
  DRAWABLE_TYPES,
  ModelNotFoundError,
  ModelsService,
  type Model,
} from '../../../models/index.js';
import { MoldKnownModels } from './known-models.js';
import { plain, plainStem, rankOf, taggedNameOf, type TaggedName } from './tags.js';

/** A model by its name here. */
export interface NamedModel {
  /** `name:tag`; with the tag in full, or the id of the core, where others have the same. */
  name: string;
  tagged: TaggedName;
  model: Model;
}

type Unnamed = Omit<NamedModel, 'name'>;

const SPELLINGS: readonly ((one: Unnamed) => string)[] = [
  ({ tagged: { base, tag } }) => `${base}:${tag}`,
  ({ tagged: { base, fullTag } }) => `${base}:${fullTag}`,
];

function named(one: Unnamed, all: readonly Unnamed[]): NamedModel {
  const telling = SPELLINGS.find(
    (spell) => all.filter((other) => spell(other) === spell(one)).length === 1,
  );
  return { ...one, name: telling?.(one) ?? one.model.id };
}

function isTagged({ tagged: { tag, fullTag } }: Unnamed, wanted: string): boolean {
  return wanted === tag || wanted === fullTag;
}

/** The models that draw, by mold's names. */
@Injectable()
export class MoldNames {
  constructor(
    private readonly models: ModelsService,
    private readonly known: MoldKnownModels,
  ) {}

  async list(): Promise<NamedModel[]> {
    const models = (await this.models.list()).filter(({ type }) => DRAWABLE_TYPES.includes(type));
    const all = models.map((model) => ({ model, tagged: this.taggedName(model) }));
    return all.map((one) => named(one, all));
  }

  /**
   * The model of this name, with or without its tag, or by any name that the core knows; the default model
   * for an empty text. @throws ModelNotFoundError
   */
  async find(name: string): Promise<Model> {
    if (name === '') return this.models.find('');
    const all = await this.list();
    const found = this.among(all, name.trim().toLowerCase());
    if (found) return found.model;
    try {
      return await this.models.find(name);
    } catch (error) {
      if (!(error instanceof ModelNotFoundError)) throw error;
      throw new ModelNotFoundError(
        name,
        all.map((one) => one.name),
      );
    }
  }

  /** The upscaler of this name, whatever its tag; the default one for an empty text. @throws ModelNotFoundError */
  async upscaler(name: string): Promise<Model> {
    const [base = ''] = name.split(':');
    const wanted = plain(base);
    const models = wanted === '' ? [] : await this.models.listOfType('esrgan');
    const found = models.find((model) => plain(taggedNameOf(model).base) === wanted);
    return found ?? this.models.upscaler(name);
  }

  async nameOf({ id, name }: Pick<Model, 'id' | 'name'>): Promise<string> {
    return (await this.list()).find(({ model }) => model.id === id)?.name ?? name;
  }

  private taggedName(model: Model): TaggedName {
    const byFile = taggedNameOf(model);
    const [base, tag] = this.known.nameOf(model)?.split(':') ?? [];
    return base && tag ? { ...byFile, base, tag } : byFile;
  }

  private among(all: readonly NamedModel[], wanted: string): NamedModel | undefined {
    const exact = all.find(({ name }) => name === wanted);
    if (exact) return exact;
    const [base = '', tag] = wanted.split(':');
    const [first] = all
      .filter(({ tagged }) => tagged.base === base)
      .filter((one) => tag === undefined || isTagged(one, tag))
      .toSorted((one, other) => rankOf(one.tagged.tag) - rankOf(other.tagged.tag));
    return first ?? all.find(({ model }) => plainStem(model) === plain(wanted));
  }
}
