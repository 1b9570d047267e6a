import { extname } from 'node:path';
import { Injectable } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';
import type { Principal } from '../../../auth/index.js';
import { Optional } from '../../../common/index.js';
import { DRAWABLE_TYPES, MODEL_TYPES, ModelsService, type Model } from '../../../models/index.js';
import { SdcppLoaded } from './choice.js';
import { EMPTY_LISTS, LISTS, nameOf } from './names.js';

const TYPES: readonly string[] = [...MODEL_TYPES, ...Object.keys(EMPTY_LISTS)];

function Text(description: string): PropertyDecorator {
  return (target, property) => {
    ApiPropertyOptional({ maxLength: 200, description })(target, property);
    Optional()(target, property);
    IsString({ message: '$property must be a text' })(target, property);
    MaxLength(200, { message: '$property must be a text of at most 200 characters' })(
      target,
      property,
    );
  };
}

/** Which models are asked for (seed sdcpp-restapi, "List Models"). */
export class SdcppModelQuery {
  @ApiPropertyOptional({ enum: TYPES })
  @Optional()
  @IsIn(TYPES, { message: `type must be one of ${TYPES.join(', ')}` })
  type?: string;

  @Text('Ending of the file, with or without its dot.')
  extension?: string;

  @Text('Part of the name; case does not matter.')
  search?: string;

  @Text('The same as `search`.')
  name?: string;
}

interface ModelEntry {
  name: string;
  type: string;
  file_extension: string;
  size_bytes: number;
  hash: string | null;
  is_loaded?: boolean;
}

/** Models by their types (seed sdcpp-restapi, "List Models"). */
export type ModelLists = Record<string, unknown>;

const LISTS_IN_ORDER = [...Object.values(LISTS), ...Object.values(EMPTY_LISTS)];

function filtersOf({ type, extension, search, name }: SdcppModelQuery): Record<string, string> {
  const given = Object.entries({ type, extension, search, name });
  return Object.fromEntries(given.filter((pair): pair is [string, string] => Boolean(pair[1])));
}

function fits(model: Model, { type, extension, search, name }: SdcppModelQuery): boolean {
  if (type && model.type !== type) return false;
  if (extension && extname(model.path).slice(1).toLowerCase() !== plain(extension)) return false;
  const called = nameOf(model).toLowerCase();
  return [search, name].every((part) => called.includes((part ?? '').toLowerCase()));
}

function plain(extension: string): string {
  return extension.replace(/^\./, '').toLowerCase();
}

/** Lists the models as this API does. */
@Injectable()
export class SdcppModelList {
  constructor(
    private readonly models: ModelsService,
    private readonly loaded: SdcppLoaded,
  ) {}

  async of(caller: Principal, query: SdcppModelQuery = {}): Promise<ModelLists> {
    const [models, { model_name: loaded, model_type: loadedType }] = await Promise.all([
      this.models.list(),
      this.loaded.model(caller),
    ]);
    const entries = models
      .filter((model) => fits(model, query))
      .map((model) => {
        const name = nameOf(model);
        return this.entry(model, name === loaded && model.type === loadedType);
      });
    const lists = LISTS_IN_ORDER.map((list) => [
      list,
      entries.filter(({ type }) => LISTS[type as keyof typeof LISTS] === list),
    ]);
    const filters = filtersOf(query);
    return {
      ...(Object.fromEntries(lists) as Record<string, ModelEntry[]>),
      loaded_model: loaded,
      loaded_model_type: loadedType,
      ...(Object.keys(filters).length > 0 ? { applied_filters: filters } : {}),
    };
  }

  private entry(model: Model, isLoaded: boolean): ModelEntry {
    const entry = {
      name: nameOf(model),
      type: model.type,
      file_extension: extname(model.path),
      size_bytes: model.size,
      hash: this.models.knownHash(model.path) ?? null,
    };
    return DRAWABLE_TYPES.includes(model.type) ? { ...entry, is_loaded: isLoaded } : entry;
  }
}

const TEXT_OR_NULL = { type: ['string', 'null'] };

const ENTRY = {
  type: 'object',
  required: ['name', 'type', 'file_extension', 'size_bytes', 'hash'],
  additionalProperties: false,
  properties: {
    name: { type: 'string' },
    type: { type: 'string', enum: MODEL_TYPES },
    file_extension: { type: 'string' },
    size_bytes: { type: 'integer' },
    hash: { ...TEXT_OR_NULL, description: 'SHA-256; null until it is known.' },
    is_loaded: { type: 'boolean', description: 'Only of what draws.' },
  },
};

/** For the description of the API. */
export const LISTS_SCHEMA = {
  type: 'object',
  required: [...LISTS_IN_ORDER, 'loaded_model', 'loaded_model_type'],
  additionalProperties: false,
  properties: {
    ...Object.fromEntries(LISTS_IN_ORDER.map((list) => [list, { type: 'array', items: ENTRY }])),
    loaded_model: TEXT_OR_NULL,
    loaded_model_type: TEXT_OR_NULL,
    applied_filters: { type: 'object', additionalProperties: { type: 'string' } },
  },
} as const;

export const LISTS_EXAMPLE = {
  ...Object.fromEntries(LISTS_IN_ORDER.map((list) => [list, []])),
  diffusion_models: [
    {
      name: 'flux1-dev-Q4_K_S.gguf',
      type: 'diffusion',
      file_extension: '.gguf',
      size_bytes: 6_876_543_210,
      hash: null,
      is_loaded: false,
    },
  ],
  loaded_model: null,
  loaded_model_type: null,
  applied_filters: { type: 'diffusion', search: 'flux' },
};
