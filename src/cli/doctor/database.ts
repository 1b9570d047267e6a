import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { messageOf } from '../../common/index.js';
import { databaseOptions, type Config } from '../../config/index.js';
import { broken, good, type Finding } from './finding.js';

/** Opens the database without changing anything in it. */
export async function database(config: Config): Promise<Finding> {
  const options = databaseOptions(config);
  const path = String(options.database);
  if (!existsSync(path)) return good('The database will be made at the first start.');
  const source = new DataSource({ ...options, migrationsRun: false });
  try {
    await source.initialize();
    const [check] = await source.query<{ quick_check: string }[]>('PRAGMA quick_check(1)');
    if (check?.quick_check !== 'ok')
      return broken(`The database ${path} is damaged: ${check?.quick_check}`, RESTORE);
    if (await source.showMigrations())
      return good(`The database ${path} is whole; the next start brings it up to date.`);
    return good(`The database ${path} is whole and up to date.`);
  } catch (error) {
    return broken(`The database ${path} does not open: ${messageOf(error)}`, RESTORE);
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

const RESTORE = 'Restore it from a backup, as docs/operations.md says.';
