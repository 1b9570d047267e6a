import type { JsonRules } from './gbnf.js';

export type Schema = Record<string, unknown>;

/** Most entries of an `enum`, or of a range of numbers that is written out. */
export const MOST_VALUES = 1000;

/** What writes the grammar of a schema and of those within it. */
export interface SchemaRules {
  readonly rules: JsonRules;
  /** @param path of the schema, for messages @param depth how many schemas it lies in */
  write(schema: unknown, path: string, depth: number): string;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
