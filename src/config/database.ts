import { join } from 'node:path';
import type { DataSourceOptions } from 'typeorm';
import { MIGRATIONS } from '../../migrations/index.js';
import { ConfigError } from './config-error.js';
import type { Config } from './settings.config.js';
import { makeRoomForWrites, type SqliteConnection } from './sqlite-connection.js';
import { StorageReserve } from './storage-reserve.js';
import { refuseEmptied } from './used-folder.js';

/** What the index of the write-ahead log takes at most before it is read, in bytes. */
const INDEX_BYTES = 1024 * 1024;

/**
 * Makes room for a start, which needs some for the log of the database and its migrations.
 * @returns whether there is enough for the index of that log, which processes share in a file
 */
async function makeRoomForStart(reserve: StorageReserve): Promise<boolean> {
  if (!(await reserve.isScarce())) return true;
  if (!reserve.release()) reserve.dropCache();
  return (await reserve.free()) > INDEX_BYTES;
}

/**
 * A database that a newer version has changed is not touched: what this version writes might harm it.
 * @throws ConfigError
 */
function refuseNewer(connection: SqliteConnection, dataDir: string): void {
  const table = `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'`;
  if (!connection.prepare(table).get()) return;
  const rows = connection.prepare('SELECT "name" FROM "migrations"').all() as { name: string }[];
  const known = new Set<string>(MIGRATIONS.map(({ name }) => name));
  const unknown = rows.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new ConfigError(
    `The database in ${dataDir} was changed by a newer version of this server (${unknown.join(', ')}). Start that version, or stop and put back a backup from before the upgrade.`,
  );
}

/**
 * How to reach the database. The order of the pragmas matters: the time-out first, so that the change
 * to write-ahead logging can wait for another process. `synchronous=FULL` makes each commit durable:
 * a job that was accepted is there after a power cut too.
 */
export function databaseOptions(config: Config): DataSourceOptions {
  const reserve = StorageReserve.of(config);
  return {
    type: 'better-sqlite3',
    database: join(config.storage.dataDir, 'atelier.db'),
    migrations: MIGRATIONS,
    migrationsRun: true,
    migrationsTransactionMode: 'each',
    synchronize: false,
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    prepareDatabase: async (connection: SqliteConnection) => {
      connection.pragma('busy_timeout = 5000');
      // Without that room the index is in memory, and no other process can use the database meanwhile.
      if (!(await makeRoomForStart(reserve))) connection.pragma('locking_mode = EXCLUSIVE');
      connection.pragma('journal_mode = WAL');
      connection.pragma('synchronous = FULL');
      connection.pragma('foreign_keys = ON');
      refuseNewer(connection, config.storage.dataDir);
      refuseEmptied(connection, config);
      makeRoomForWrites(connection, () => reserve.release());
    },
  };
}
