import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, Max, Min } from 'class-validator';

export type SortOrder = 'asc' | 'desc';

/** Entries on a page where the caller does not say. */
export const DEFAULT_LIMIT = 50;

/** Most entries on a page, and what `limit=0` stands for, where a list sets no bound of its own. */
export const LIMIT_BOUND = 1000;

/** Keeps the offset of a page far inside what a database counts in. */
const LAST_PAGE = 1_000_000;

/** Which part of a list is asked for, and in which order (seed stable-diffusion-cpp-rest, "Model Management"). */
export interface PageQuery<Field extends string = string> {
  /** Entries on a page, at least 1: the 0 of a request has become as many as the list ever gives at once. */
  limit: number;
  /** From 1. */
  page: number;
  sort_by: Field;
  sort_order: SortOrder;
}

/** What every paged reply says of itself, beside its entries. */
export interface PageInfo {
  /** Entries on all pages. */
  total: number;
  page: number;
  /** Entries that a page holds at most, at least 1. */
  limit: number;
  total_pages: number;
}

/** The base class of a paged reply; a list adds its entries. */
export class PageDto implements PageInfo {
  @ApiProperty({ type: 'integer', description: 'Entries on all pages.' })
  total!: number;

  @ApiProperty({ type: 'integer', minimum: 1 })
  page!: number;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Entries that a page holds at most.' })
  limit!: number;

  @ApiProperty({ type: 'integer', description: '0 where there are no entries.' })
  total_pages!: number;
}

export interface PageDefaults<Field extends string> {
  sort_by: NoInfer<Field>;
  sort_order: SortOrder;
  /** Most entries on a page. */
  bound?: number;
}

/** Only digits: `Number` would read an empty text as 0, which means "no limit" here. */
function integerOf(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
}

/**
 * The base class for the query of a paged list; a list adds its filters:
 * `class UserQuery extends pageQuery(['username', 'created'], { sort_by: 'username', sort_order: 'asc' })`.
 */
export function pageQuery<const Field extends string>(
  fields: readonly Field[],
  { sort_by, sort_order, bound = LIMIT_BOUND }: PageDefaults<Field>,
) {
  class Query implements PageQuery<Field> {
    @ApiProperty({
      required: false,
      type: 'integer',
      minimum: 0,
      maximum: bound,
      default: Math.min(DEFAULT_LIMIT, bound),
      description: `Entries on a page; 0 for as many as there are, up to ${bound}.`,
    })
    @Transform(({ value }) => (value === '0' ? bound : integerOf(value)))
    @IsInt({ message: 'limit must be a whole number' })
    @Min(1, { message: 'limit must be 0 (no limit) or more' })
    @Max(bound, { message: `limit must be ${bound} or less` })
    limit = Math.min(DEFAULT_LIMIT, bound);

    @ApiProperty({ required: false, type: 'integer', minimum: 1, maximum: LAST_PAGE, default: 1 })
    @Transform(({ value }) => integerOf(value))
    @IsInt({ message: 'page must be a whole number' })
    @Min(1, { message: 'page must be 1 or more' })
    @Max(LAST_PAGE, { message: `page must be ${LAST_PAGE} or less` })
    page = 1;

    @ApiProperty({ required: false, enum: fields, default: sort_by })
    @IsIn(fields, { message: `sort_by must be one of ${fields.join(', ')}` })
    sort_by: Field = sort_by;

    @ApiProperty({ required: false, enum: ['asc', 'desc'], default: sort_order })
    @IsIn(['asc', 'desc'], { message: 'sort_order must be asc or desc' })
    sort_order: SortOrder = sort_order;
  }
  return Query;
}

type Place = Pick<PageQuery, 'limit' | 'page'>;

/** Where a page begins and how much it holds, in the words of TypeORM's find options. */
export function pageWindow({ limit, page }: Place): { skip: number; take: number } {
  return { skip: (page - 1) * limit, take: limit };
}

/** The totals of a reply; an empty list has no pages. */
export function pageInfo({ limit, page }: Place, total: number): PageInfo {
  return { total, page, limit, total_pages: Math.ceil(total / limit) };
}

/** The page of a list that is in memory, already in its order. */
export function pageOf<T>(entries: readonly T[], query: Place): T[] {
  const { skip, take } = pageWindow(query);
  return entries.slice(skip, skip + take);
}
