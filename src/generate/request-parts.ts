import { Injectable } from '@nestjs/common';
import { messageOf } from '../common/index.js';
import type { Embedding, ImageRequest, LoadOptions, LoraUse, ModelFiles } from '../engine/index.js';
import {
  ModelsService,
  PartFinder,
  refusedPart,
  type Model,
  type ModelType,
  type WayToLoad,
} from '../models/index.js';
import {
  addTo,
  partOf,
  textOf,
  toEngineRequest,
  toLoadOptions,
  valuesOf,
  type LoraValue,
  type OptionValues,
} from './generation-request.js';
import { readLoraTags } from './lora-tags.js';

/** A file by the name that a request gives it. */
export interface NamedFile {
  name: string;
  path: string;
}

/** What a request uses besides the parts of its model. */
export interface NamedFiles {
  loras: NamedFile[];
  /** Those whose name is in one of the prompts. */
  embeddings: NamedFile[];
  /** Other files, by the name of their option. */
  paths: Record<string, string>;
}

/** The files behind the names in a request. */
export interface ResolvedParts {
  /** Files that take, or add, a part of the model. */
  components: Partial<ModelFiles>;
  loras: Array<LoraUse & NamedFile>;
  embeddings: Embedding[];
  /** Paths that the engine is told with the request, by the name of their option. */
  paths: Record<string, string>;
}

/** Finds what a request names besides its model: LoRAs, textual inversions, a VAE, a ControlNet… */
@Injectable()
export class RequestParts {
  constructor(
    private readonly models: ModelsService,
    private readonly parts: PartFinder,
  ) {}

  /** @throws ValidationError naming the field of what is not there, or does not fit to the model. */
  async resolve(options: OptionValues, model: Model): Promise<ResolvedParts> {
    const resolved: ResolvedParts = { components: {}, loras: [], embeddings: [], paths: {} };
    for (const { name, option } of valuesOf(options, 'component')) {
      const path = await this.parts.find(name, option, textOf(options, name), model);
      const part = partOf(option);
      if (part) resolved.components[part] = path;
      else resolved.paths[name] = path;
    }
    resolved.loras = await this.loras(options, model);
    resolved.embeddings = await this.embeddings(options);
    return resolved;
  }

  /** What the engine is asked for, and how the model is loaded for it; input pictures left out. */
  async toEngine(options: OptionValues, model: Model) {
    const { components, loras, embeddings, paths } = await this.resolve(options, model);
    const request = toEngineRequest(options);
    request.prompt = readLoraTags(request.prompt).prompt;
    if (loras.length > 0) {
      request.loras = loras.map(({ path, multiplier, isHighNoise }) => ({
        path,
        multiplier,
        isHighNoise,
      }));
    }
    for (const [name, path] of Object.entries(paths)) addTo(request, name, path);
    const used = { loras, embeddings: embeddings.filter(isIn(request)), paths };
    return { request, load: loadOptions(options, embeddings), components, used };
  }

  /** How the model is loaded for these options. @throws ValidationError */
  async toWay(options: OptionValues, model: Model): Promise<WayToLoad> {
    const { components, embeddings } = await this.resolve(options, model);
    return { options: loadOptions(options, embeddings), components };
  }

  private async loras(options: OptionValues, model: Model): Promise<ResolvedParts['loras']> {
    const { loras: tagged } = readLoraTags(textOf(options, 'prompt'));
    const listed = (options['loras'] ?? []) as LoraValue[];
    const folder = textOf(options, 'lora_model_dir');
    await this.within('lora_model_dir', 'lora', folder);
    const wanted = [
      ...tagged.map((lora) => ({ field: 'prompt', lora })),
      ...listed.map((lora) => ({ field: 'loras', lora })),
    ];
    return Promise.all(
      wanted.map(async ({ field, lora }) => {
        const { name, multiplier, is_high_noise: isHighNoise } = lora;
        const found = await this.named(field, 'lora', name, folder);
        await this.parts.checkLora(field, found, model);
        return { name, path: found.path, multiplier, isHighNoise };
      }),
    );
  }

  private async embeddings(options: OptionValues): Promise<Embedding[]> {
    const folder = textOf(options, 'embedding_dir');
    const named = (options['embeddings'] ?? []) as string[];
    const models = await Promise.all(
      named.map((name) => this.named('embeddings', 'embedding', name, folder)),
    );
    const inFolder = await this.within('embedding_dir', 'embedding', folder);
    return [...models, ...inFolder].map((model) => ({
      name: model.name.replace(/\.[^.]+$/, ''),
      path: model.path,
    }));
  }

  /** The models of a type in a folder below a models folder; none where no folder is named. */
  private async within(field: string, type: ModelType, folder: string): Promise<Model[]> {
    if (folder === '') return [];
    const models = await this.models.listOfType(type);
    const found = models.filter(({ relativePath }) => relativePath.startsWith(`${folder}/`));
    if (found.length === 0) {
      throw refusedPart(
        field,
        `below the models folders there is no "${folder}" with a model of type ${type}`,
      );
    }
    return found;
  }

  /** By name, first in the folder that the request names. */
  private async named(
    field: string,
    type: ModelType,
    name: string,
    folder: string,
  ): Promise<Model> {
    try {
      if (folder) return await this.models.findOfType(type, `${folder}/${name}`);
    } catch {
      // Not in that folder: elsewhere then.
    }
    try {
      return await this.models.findOfType(type, name);
    } catch (error) {
      throw refusedPart(field, messageOf(error));
    }
  }
}

/** Whether the engine finds the textual inversion: by its name as a word of a prompt. */
function isIn({ prompt, negativePrompt }: ImageRequest): (embedding: Embedding) => boolean {
  return ({ name }) => prompt.includes(name) || negativePrompt.includes(name);
}

function loadOptions(options: OptionValues, embeddings: Embedding[]): LoadOptions {
  const load = toLoadOptions(options);
  if (embeddings.length > 0) load.embeddings = embeddings;
  return load;
}
