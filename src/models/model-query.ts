import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, Length } from 'class-validator';
import { Optional, pageOf, pageQuery } from '../common/index.js';
import { MODEL_TYPES, type ModelType } from './model-type.js';
import type { Model } from './model.js';
import { BooleanText, Bytes, Moment } from './query-fields.js';

const GIB = 1024 ** 3;

/** Classes of size, each up to its bound in bytes, the bound not included. */
const SIZE_BOUNDS = { small: GIB, medium: 6 * GIB, large: Infinity } as const;

export type SizeCategory = keyof typeof SIZE_BOUNDS;

export const SIZE_CATEGORIES = Object.keys(SIZE_BOUNDS) as SizeCategory[];

export function sizeCategoryOf(bytes: number): SizeCategory {
  return SIZE_CATEGORIES.find((category) => bytes < SIZE_BOUNDS[category]) ?? 'large';
}

const SORT_FIELDS = ['name', 'size', 'date', 'type', 'loaded'] as const;

/** More models than anybody has: what `limit=0` stands for. */
const BOUND = 1_000_000;

/** Which models are asked for (seed stable-diffusion-cpp-rest, "GET /api/models"). */
export class ModelQuery extends pageQuery(SORT_FIELDS, {
  sort_by: 'name',
  sort_order: 'asc',
  bound: BOUND,
}) {
  @ApiProperty({
    required: false,
    type: 'string',
    description: `One of ${MODEL_TYPES.join(', ')}; or several, with commas between.`,
    example: 'checkpoint',
  })
  @Optional()
  @Transform(({ value }): unknown => (typeof value === 'string' ? value.split(',') : value))
  @IsIn(MODEL_TYPES, { each: true, message: `type must be one of ${MODEL_TYPES.join(', ')}` })
  type?: ModelType[];

  @ApiProperty({
    required: false,
    maxLength: 200,
    description: 'Part of a name, path or description; case does not matter.',
  })
  @Optional()
  @Length(0, 200, { message: 'search must be a text of at most 200 characters' })
  search?: string;

  @ApiProperty({ required: false, maxLength: 64, example: 'sdxl' })
  @Optional()
  @Length(0, 64, { message: 'architecture must be a text of at most 64 characters' })
  architecture?: string;

  @BooleanText('Whether they are in memory.')
  loaded?: boolean;

  @BooleanText('Whether their header cannot be read.')
  problem?: boolean;

  @ApiProperty({
    required: false,
    enum: SIZE_CATEGORIES,
    description: 'small: below 1 GiB; medium: below 6 GiB; large: the others.',
  })
  @Optional()
  @IsIn(SIZE_CATEGORIES, { message: `size_category must be one of ${SIZE_CATEGORIES.join(', ')}` })
  size_category?: SizeCategory;

  @Bytes('Smallest size in bytes.')
  min_size?: number;

  @Bytes('Largest size in bytes.')
  max_size?: number;

  @Moment('first', 'Changed at this moment or later.')
  modified_after?: Date;

  @Moment('last', 'Changed at this moment or earlier.')
  modified_before?: Date;

  @Moment('first', 'The same as modified_after.')
  date_from?: Date;

  @Moment('last', 'The same as modified_before.')
  date_to?: Date;
}

/** A deletion must be confirmed. */
export class RemovalQuery {
  @BooleanText('Whether to delete; otherwise the answer says what would be deleted.')
  confirm?: boolean;
}

function isWithin(date: Date, from: Date | undefined, to: Date | undefined): boolean {
  return (!from || date >= from) && (!to || date <= to);
}

function says(model: Model, search: string): boolean {
  return [model.name, model.relativePath, model.description].some((text) =>
    text.toLowerCase().includes(search),
  );
}

/** Whether a model is among those asked for. */
function filterOf(query: ModelQuery, isLoaded: (model: Model) => boolean) {
  const search = query.search?.toLowerCase();
  return (model: Model): boolean =>
    (!query.type || query.type.includes(model.type)) &&
    (query.architecture === undefined || model.architecture === query.architecture) &&
    (!query.size_category || sizeCategoryOf(model.size) === query.size_category) &&
    model.size >= (query.min_size ?? 0) &&
    model.size <= (query.max_size ?? Infinity) &&
    isWithin(model.modifiedAt, query.modified_after, query.modified_before) &&
    isWithin(model.modifiedAt, query.date_from, query.date_to) &&
    (query.loaded === undefined || isLoaded(model) === query.loaded) &&
    (query.problem === undefined || (model.problem !== null) === query.problem) &&
    (search === undefined || says(model, search));
}

/**
 * The page of the models that is asked for, and how many there are on all pages. Equal ones stand in
 * the order of their names.
 * @param models by name.
 */
export function pageOfModels(
  models: readonly Model[],
  query: ModelQuery,
  isLoaded: (model: Model) => boolean,
): { page: Model[]; total: number } {
  const found = models.filter(filterOf(query, isLoaded));
  const sign = query.sort_order === 'desc' ? -1 : 1;
  const rank: Record<Exclude<ModelQuery['sort_by'], 'name'>, (model: Model) => number> = {
    size: ({ size }) => size,
    date: ({ modifiedAt }) => modifiedAt.getTime(),
    type: ({ type }) => MODEL_TYPES.indexOf(type),
    loaded: (model) => Number(isLoaded(model)),
  };
  if (query.sort_by !== 'name') {
    const by = rank[query.sort_by];
    found.sort((a, b) => sign * (by(a) - by(b)));
  } else if (sign < 0) found.reverse();
  return { page: pageOf(found, query), total: found.length };
}
