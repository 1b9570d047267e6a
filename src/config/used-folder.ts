import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-error.js';
import type { Config } from './settings.config.js';
import type { SqliteConnection } from './sqlite-connection.js';

/** Says that the folder belongs to a database with users. */
const MARKER = 'in-use';

const TEXT = 'The users, jobs and keys of this folder are in atelier.db.\n';

function markerOf({ storage }: Config): string {
  return join(storage.dataDir, MARKER);
}

function hasUsers(connection: SqliteConnection): boolean {
  const table = `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'users'`;
  if (!connection.prepare(table).get()) return false;
  return connection.prepare('SELECT 1 FROM "users" LIMIT 1').get() !== undefined;
}

/** To be called once there are users: from now on a database without any is not taken for a first start. */
export function markUsed(config: Config): void {
  const path = markerOf(config);
  if (existsSync(path)) return;
  try {
    writeFileSync(path, TEXT, { mode: 0o600 });
  } catch {
    // On a full disk the server starts all the same; the next start marks the folder.
  }
}

/**
 * A database without users in a folder that has been in use was emptied, moved or deleted: as a first start it
 * would make a new administrator beside everybody's images.
 * @throws ConfigError
 */
export function refuseEmptied(connection: SqliteConnection, config: Config): void {
  const { beginAnew, dataDir } = config.storage;
  if (beginAnew || !existsSync(markerOf(config)) || hasUsers(connection)) return;
  throw new ConfigError(
    `The database in ${dataDir} has no users, but the folder has been in use: the database was emptied, moved or deleted. Put atelier.db back from a backup; or set ATELIER_BEGIN_ANEW=true to begin without the users, keys and jobs of before.`,
  );
}
