import { join } from 'node:path';
import type { DataSourceOptions } from 'typeorm';
import { MIGRATIONS } from '../../migrations/index.js';
import type { Config } from './settings.config.js';

/** The part of better-sqlite3's connection that is used here. */
interface SqliteConnection {
  pragma(source: string): unknown;
}

/**
 * How to reach the database. The order of the pragmas matters: the time-out first, so that the change
 * to write-ahead logging can wait for another process. `synchronous=FULL` makes each commit durable:
 * a job that was accepted is there after a power cut too.
 */
export function databaseOptions(config: Config): DataSourceOptions {
  return {
    type: 'better-sqlite3',
    database: join(config.storage.dataDir, 'atelier.db'),
    migrations: MIGRATIONS,
    migrationsRun: true,
    migrationsTransactionMode: 'each',
    synchronize: false,
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    prepareDatabase: (connection: SqliteConnection) => {
      connection.pragma('busy_timeout = 5000');
      connection.pragma('journal_mode = WAL');
      connection.pragma('synchronous = FULL');
      connection.pragma('foreign_keys = ON');
    },
  };
}
