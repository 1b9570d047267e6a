import type { SqlValue } from '../common/index.js';
import type { JobState } from './job-state.js';

/** Which jobs; what is left out does not matter. */
export interface HistoryFilter {
  ownerId?: string;
  states?: JobState[];
  kind?: string;
  model?: string;
  /** Words that all begin words of the title. */
  search?: string;
  /** Created then or later. */
  from?: Date;
  /** Created before. */
  to?: Date;
}

export interface HistoryPart {
  /** From `FROM` to the end of `WHERE`. */
  sql: string;
  values: SqlValue[];
  /** The column that names a job. */
  sequence: string;
  /** The columns that put them into their order, all in one direction. */
  order: string[];
}

interface Condition {
  sql: string;
  values: SqlValue[];
}

/** Scripts without spaces between words: the index takes a whole sentence of them for one word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The words that the index cuts a text into: letters, their marks, and digits. */
function tokensOf(text: string): string[] {
  return text.split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean);
}

/** Whether the index knows all of a word: nothing in it but tokens and what separates them. */
function isIndexed(word: string): boolean {
  return !UNSPACED.test(word) && tokensOf(word).length > 0;
}

function join(conditions: Condition[]): Condition {
  const where = conditions.map(({ sql }) => sql).join(' AND ');
  return {
    sql: conditions.length > 0 ? ` WHERE ${where}` : '',
    values: conditions.flatMap(({ values }) => values),
  };
}

function equal(column: string, value: SqlValue | undefined): Condition[] {
  return value === undefined ? [] : [{ sql: `"${column}" = ?`, values: [value] }];
}

function contains(word: string): Condition {
  const pattern = `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return {
    sql: `("title" LIKE ? ESCAPE '\\' OR "label" LIKE ? ESCAPE '\\')`,
    values: [pattern, pattern],
  };
}

/** From the rows: an index for each order, and titles looked through where there are words. */
function rowsPart(filter: HistoryFilter, words: string[]): HistoryPart {
  const { states, from, to } = filter;
  const where = join([
    ...equal('ownerId', filter.ownerId),
    ...(states && states.length > 0
      ? [{ sql: `"state" IN (${states.map(() => '?').join(', ')})`, values: states }]
      : []),
    ...equal('kind', filter.kind),
    ...equal('model', filter.model),
    ...(from ? [{ sql: '"createdAt" >= ?', values: [from.getTime()] }] : []),
    ...(to ? [{ sql: '"createdAt" < ?', values: [to.getTime()] }] : []),
    ...words.map(contains),
  ]);
  return {
    sql: `FROM "jobs"${where.sql}`,
    values: where.values,
    sequence: '"sequence"',
    order: ['"createdAt"', '"sequence"'],
  };
}

function hex(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}

/** The facets of a job as the index has them (the migration that makes it writes them). */
function facetsOf({ ownerId, states, kind, model }: HistoryFilter): string[] {
  return [
    ...(ownerId === undefined ? [] : [`o${ownerId.replaceAll('-', '')}`]),
    ...(states && states.length > 0
      ? [`(${states.map((state) => `s${state}`).join(' OR ')})`]
      : []),
    ...(kind === undefined ? [] : [`k${hex(kind)}`]),
    ...(model === undefined ? [] : [`m${hex(model)}`]),
  ];
}

/** From the index of words alone, which knows the facets too: no row is read for what is only counted. */
function indexPart(filter: HistoryFilter, words: string[]): HistoryPart {
  const { from, to } = filter;
  const title = words.flatMap(tokensOf).map((token) => `"${token}" *`);
  const facets = facetsOf(filter);
  const match = [
    `"title" : (${title.join(' AND ')})`,
    ...(facets.length > 0 ? [`"facets" : (${facets.join(' AND ')})`] : []),
  ].join(' AND ');
  // Jobs are numbered in the order in which they were created.
  const first =
    '(SELECT "sequence" FROM "jobs" WHERE "createdAt" >= ? ORDER BY "createdAt", "sequence" LIMIT 1)';
  const where = join([
    { sql: '"jobs_search" MATCH ?', values: [match] },
    ...(from ? [{ sql: `rowid >= ${first}`, values: [from.getTime()] }] : []),
    ...(to ? [{ sql: `rowid < coalesce(${first}, 9e15)`, values: [to.getTime()] }] : []),
  ]);
  return {
    sql: `FROM "jobs_search"${where.sql}`,
    values: where.values,
    sequence: 'rowid',
    order: ['rowid'],
  };
}

/**
 * The jobs that a filter lets through. Words are looked up in an index where it knows them: as beginnings
 * of words, case and accents aside. Signs, and words of scripts without spaces, are looked for anywhere in
 * each title.
 */
export function historyPart(filter: HistoryFilter): HistoryPart {
  const words = (filter.search ?? '').split(/\s+/).filter(Boolean);
  if (words.length > 0 && words.every(isIndexed)) return indexPart(filter, words);
  return rowsPart(filter, words);
}
