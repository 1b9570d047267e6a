import { isStorageError } from '../common/index.js';

type Run = (...bound: unknown[]) => unknown;

interface Statement {
  run: Run;
  all: Run;
  get: Run;
}

/** The part of better-sqlite3's connection that is used here. */
export interface SqliteConnection {
  readonly inTransaction: boolean;
  prepare(sql: string): Statement;
  transaction(work: () => unknown): { immediate: Run };
  pragma(source: string): unknown;
}

/** Does work that fails on a full disk once more after `makeRoom`, which is false where there is none to make. */
function withRoom<T>(makeRoom: () => boolean, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isStorageError(error) && makeRoom()) return work();
    throw error;
  }
}

/**
 * Gives the writes of a connection one more chance on a full disk: a statement by itself, a transaction as
 * a whole.
 */
export function makeRoomForWrites(connection: SqliteConnection, makeRoom: () => boolean): void {
  const prepare = connection.prepare.bind(connection);
  const transaction = connection.transaction.bind(connection);
  connection.prepare = (sql) => {
    const statement = prepare(sql);
    for (const name of ['run', 'all', 'get'] as const) {
      const once = statement[name].bind(statement);
      // SQLite may have undone the whole transaction: no statement of it is tried again by itself.
      statement[name] = (...bound) =>
        connection.inTransaction ? once(...bound) : withRoom(makeRoom, () => once(...bound));
    }
    return statement;
  };
  connection.transaction = (work) => {
    const { immediate } = transaction(work);
    return { immediate: (...bound) => withRoom(makeRoom, () => immediate(...bound)) };
  };
}
