import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { PACKAGE_ROOT } from '../../../common/index.js';
import { ModelsService, type Model, type ModelType } from '../../../models/index.js';
import { rankOf } from './tags.js';

/** A file on Hugging Face. */
export interface KnownFile {
  type: ModelType;
  repo: string;
  /** Its path there. */
  file: string;
}

interface KnownPart extends KnownFile {
  /** The core's option that names it. */
  option: string;
}

interface KnownModel extends KnownFile {
  /** Names of its parts. */
  parts: string[];
}

interface KnownModels {
  parts: Record<string, KnownPart>;
  models: Record<string, KnownModel>;
}

function read(): KnownModels {
  const text = readFileSync(join(PACKAGE_ROOT, 'config/mold-models.json'), 'utf8');
  return JSON.parse(text) as KnownModels;
}

/** What a file is called here. */
export function fileName({ file }: KnownFile): string {
  return basename(file);
}

/** The models that mold's clients ask for by name, and what they are made of. */
@Injectable()
export class MoldKnownModels {
  private readonly known = read();

  constructor(private readonly models: ModelsService) {}

  /** The files of the model of this name, its parts first; undefined for a name that is not known. */
  filesOf(name: string): KnownFile[] | undefined {
    const model = this.known.models[this.fullName(name.trim().toLowerCase())];
    return model && [...this.parts(model), model];
  }

  /** What the model in this file is called by mold; undefined for a file that is not known. */
  nameOf({ name }: Model): string | undefined {
    const known = Object.entries(this.known.models).find(([, one]) => fileName(one) === name);
    return known?.[0];
  }

  /** Whether a file is here. */
  async isHere(file: KnownFile): Promise<boolean> {
    const here = await this.models.listOfType(file.type);
    return here.some(({ name }) => name === fileName(file));
  }

  /** The parts of a model that are here, by the core's options. */
  async partsFor(of: Model): Promise<Record<string, string>> {
    const model = this.known.models[this.nameOf(of) ?? ''];
    const here: Record<string, string> = {};
    for (const part of model ? this.parts(model) : [])
      if (await this.isHere(part)) here[part.option] = fileName(part);
    return here;
  }

  private parts({ parts }: KnownModel): KnownPart[] {
    return parts.flatMap((part) => this.known.parts[part] ?? []);
  }

  /** A name without a tag stands for the likeliest of its kind. */
  private fullName(name: string): string {
    if (name.includes(':')) return name;
    const [likeliest] = Object.keys(this.known.models)
      .filter((full) => full.startsWith(`${name}:`))
      .toSorted((one, other) => rankOf(tagOf(one)) - rankOf(tagOf(other)));
    return likeliest ?? name;
  }
}

function tagOf(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
