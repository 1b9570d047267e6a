import type { SqlValue } from '../common/index.js';
import type { JobState } from './job-state.js';

/** Which jobs; what is left out does not matter. */
export interface HistoryFilter {
  ownerId?: string;
  states?: JobState[];
  kind?: string;
  model?: string;
  /** Words that all occur in the title. */
  search?: string;
  /** Created then or later. */
  from?: Date;
  /** Created before. */
  to?: Date;
}

export interface SqlPart {
  /** From `FROM` to the end of `WHERE`; the jobs table is `job` in it. */
  sql: string;
  values: SqlValue[];
}

/** What the search index is made of: a shorter word is in none of its entries. */
const INDEXED_LENGTH = 3;

interface Condition {
  sql: string;
  values: SqlValue[];
}

function equal(column: string, value: SqlValue | undefined): Condition[] {
  return value === undefined ? [] : [{ sql: `job."${column}" = ?`, values: [value] }];
}

function conditions(filter: HistoryFilter): Condition[] {
  const { states, from, to } = filter;
  return [
    ...equal('ownerId', filter.ownerId),
    ...(states && states.length > 0
      ? [{ sql: `job."state" IN (${states.map(() => '?').join(', ')})`, values: states }]
      : []),
    ...equal('kind', filter.kind),
    ...equal('model', filter.model),
    ...(from ? [{ sql: 'job."createdAt" >= ?', values: [from.getTime()] }] : []),
    ...(to ? [{ sql: 'job."createdAt" < ?', values: [to.getTime()] }] : []),
  ];
}

/** In the words of FTS5: every word as it is, though it were an operator. */
function phrase(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

function contains(word: string): Condition {
  const pattern = `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return { sql: `job."title" LIKE ? ESCAPE '\\'`, values: [pattern] };
}

/**
 * The jobs that a filter lets through. Words are looked up in the index of three-letter pieces, case and
 * accents aside; words that are too short for it are looked for in each title.
 */
export function historyPart(filter: HistoryFilter): SqlPart {
  const words = (filter.search ?? '').split(/\s+/).filter(Boolean);
  const indexed = words.filter((word) => Array.from(word).length >= INDEXED_LENGTH);
  const short = words.filter((word) => !indexed.includes(word));
  const all = [...conditions(filter), ...short.map(contains)];
  if (indexed.length > 0) {
    all.unshift({
      sql: 'job."sequence" IN (SELECT rowid FROM "jobs_search" WHERE "jobs_search" MATCH ?)',
      values: [indexed.map(phrase).join(' ')],
    });
  }
  const where = all.length > 0 ? ` WHERE ${all.map(({ sql }) => sql).join(' AND ')}` : '';
  return { sql: `FROM "jobs" job${where}`, values: all.flatMap(({ values }) => values) };
}
