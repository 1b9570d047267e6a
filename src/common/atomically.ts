import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { retryWhileBusy } from './database-busy.js';

export type SqlValue = string | number | null;

export interface Statement {
  sql: string;
  values: SqlValue[];
}

export interface Outcome {
  rows: unknown[];
  changes: number;
}

/** The statements of a transaction, one after the other, each knowing what came of those before it. */
export type Steps<Result> = Generator<Statement, Result, Outcome>;

/** A step that reads; also for a change that returns rows. */
export function* rowsOf<Row>(sql: string, ...values: SqlValue[]): Steps<Row[]> {
  const { rows } = yield { sql, values };
  return rows as Row[];
}

/** A step that changes; gives the number of rows that it changed. */
export function* change(sql: string, ...values: SqlValue[]): Steps<number> {
  const { changes } = yield { sql, values };
  return changes;
}

/** The part of better-sqlite3 that is used here. */
interface Connection {
  readonly inTransaction: boolean;
  prepare(sql: string): {
    readonly reader: boolean;
    all(...values: SqlValue[]): unknown[];
    run(...values: SqlValue[]): { changes: number };
  };
  transaction<Result>(work: () => Result): { immediate(): Result };
}

function perform(connection: Connection, { sql, values }: Statement): Outcome {
  const statement = connection.prepare(sql);
  if (statement.reader) return { rows: statement.all(...values), changes: 0 };
  return { rows: [], changes: statement.run(...values).changes };
}

function play<Result>(connection: Connection, steps: Steps<Result>): Result {
  let step = steps.next();
  while (!step.done) step = steps.next(perform(connection, step.value));
  return step.value;
}

/**
 * Does all of the steps or, when one throws, none. All of the server shares one connection to SQLite, so
 * a transaction that waits between its statements would take those of other requests into itself; this
 * one runs in one breath of the event loop. The steps are a generator, and cannot wait for anything; they
 * begin again where another program was writing.
 * @throws DatabaseBusyError
 */
export async function atomically<Result>(
  source: DataSource,
  steps: () => Steps<Result>,
): Promise<Result> {
  const { databaseConnection } = source.driver as unknown as { databaseConnection: Connection };
  return retryWhileBusy(async () => {
    while (databaseConnection.inTransaction) await nextTurn();
    return databaseConnection.transaction(() => play(databaseConnection, steps())).immediate();
  });
}
