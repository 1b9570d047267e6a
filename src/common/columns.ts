import type { ColumnOptions, ValueTransformer } from 'typeorm';

const instant: ValueTransformer = {
  to: (value: Date | null | undefined) => value?.getTime() ?? value,
  // Postgres hands out a bigint as text.
  from: (value: number | string | null | undefined) =>
    value == null ? value : new Date(Number(value)),
};

/**
 * A column for a moment in time, for SQLite and Postgres alike: a `Date` in the entity, a `bigint` of
 * milliseconds since 1970 in the table. Find operators (`LessThan(date)`) are converted too; parameters
 * of a query builder are not, give those `date.getTime()`.
 */
export function instantColumn(
  options: Pick<ColumnOptions, 'name' | 'nullable'> = {},
): ColumnOptions {
  return { ...options, type: 'bigint', transformer: instant };
}
