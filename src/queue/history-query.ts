import type { SqlValue } from '../common/index.js';
import type { JobState } from './job-state.js';

/** Which jobs; what is left out does not matter. */
export interface HistoryFilter {
  ownerId?: string;
  states?: JobState[];
  kinds?: string[];
  model?: string;
  /** Titles that the user gave, whole. */
  labels?: string[];
  /** Only with an owner. */
  tag?: { name: string; value: string };
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

function among(column: string, values: SqlValue[] | undefined): Condition[] {
  if (!values || values.length === 0) return [];
  return [{ sql: `"${column}" IN (${values.map(() => '?').join(', ')})`, values }];
}

/** The jobs that have the tag: as the values of this column, which a query over `jobs` gives. */
function tagged(column: string, { ownerId, tag }: HistoryFilter): Condition[] {
  if (!tag) return [];
  const owner = ownerId === undefined ? [] : equal('ownerId', ownerId);
  const { sql, values } = join([
    ...owner,
    ...equal('name', tag.name),
    ...equal('value', tag.value),
  ]);
  const jobs = `SELECT "jobId" FROM "job_tags"${sql}`;
  return [
    {
      sql: `${column} IN (SELECT "sequence" FROM "jobs" WHERE "id" IN (${jobs}))`,
      values,
    },
  ];
}

function contains(word: string): Condition {
  const pattern = `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return {
    sql: `("title" LIKE ? ESCAPE '\\' OR "label" LIKE ? ESCAPE '\\')`,
    values: [pattern, pattern],
  };
}

/**
 * The index that a list is read from; SQLite, which knows nothing of how the rows are spread, would take
 * one that names a state, and read row after row.
 */
function indexFor({ ownerId, labels, tag }: HistoryFilter): string {
  if (tag) return 'NOT INDEXED';
  if (ownerId === undefined) return 'INDEXED BY "jobs_history"';
  if (labels && labels.length > 0) return 'INDEXED BY "jobs_owner_label"';
  return 'INDEXED BY "jobs_owner_history"';
}

/** From the rows: an index for each order, and titles looked through where there are words. */
function rowsPart(filter: HistoryFilter, words: string[]): HistoryPart {
  const { from, to } = filter;
  const where = join([
    { sql: '"deletedAt" IS NULL', values: [] },
    ...equal('ownerId', filter.ownerId),
    ...among('state', filter.states),
    ...among('kind', filter.kinds),
    ...equal('model', filter.model),
    ...among('label', filter.labels),
    ...tagged('"sequence"', filter),
    ...(from ? [{ sql: '"createdAt" >= ?', values: [from.getTime()] }] : []),
    ...(to ? [{ sql: '"createdAt" < ?', values: [to.getTime()] }] : []),
    ...words.map(contains),
  ]);
  return {
    sql: `FROM "jobs" ${indexFor(filter)}${where.sql}`,
    values: where.values,
    sequence: '"sequence"',
    order: ['"createdAt"', '"sequence"'],
  };
}

function hex(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}

/** One of several facets; nothing where none is asked for. */
function oneOf(sign: string, values: string[] | undefined): string[] {
  if (!values || values.length === 0) return [];
  return [`(${values.map((value) => sign + value).join(' OR ')})`];
}

/** The facets of a job as the index has them (the migration that makes it writes them). */
function facetsOf({ ownerId, states, kinds, model, labels }: HistoryFilter): string[] {
  return [
    ...(ownerId === undefined ? [] : [`o${ownerId.replaceAll('-', '')}`]),
    ...oneOf('s', states),
    ...oneOf('k', kinds?.map(hex)),
    ...oneOf('m', model === undefined ? undefined : [hex(model)]),
    ...oneOf('l', labels?.map(hex)),
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
    '(SELECT "sequence" FROM "jobs" WHERE "deletedAt" IS NULL AND "createdAt" >= ? ORDER BY "createdAt", "sequence" LIMIT 1)';
  const where = join([
    { sql: '"jobs_search" MATCH ?', values: [match] },
    ...tagged('rowid', filter),
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
 * The jobs that a filter lets through, without those in the recycle bin. Words are looked up in an index where it knows them: as beginnings
 * of words, case and accents aside. Signs, and words of scripts without spaces, are looked for anywhere in
 * each title.
 */
export function historyPart(filter: HistoryFilter): HistoryPart {
  const words = (filter.search ?? '').split(/\s+/).filter(Boolean);
  if (words.length > 0 && words.every(isIndexed)) return indexPart(filter, words);
  return rowsPart(filter, words);
}
