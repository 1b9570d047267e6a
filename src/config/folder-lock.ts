import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { makePrivateFolder } from '../common/index.js';
import { ConfigError } from './config-error.js';
import type { Config } from './settings.config.js';

/** Milliseconds that a server which is just ending may take to give a folder up, and between two tries. */
const PATIENCE_MS = 3000;
const RETRY_MS = 100;

/** The lock is a lock of the operating system on this file: it ends with the process, however that ends. */
const LOCK_NAME = '.atelier.lock';
/** Tells people who holds the lock. It may be missing or stale, and is never believed by itself. */
const HOLDER_NAME = '.atelier.lock.holder';

/** What a folder is for, and the variable that names another one. */
interface LockedFolder {
  path: string;
  purpose: string;
  variable: string;
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY');
}

function holderOf(folder: string): string {
  try {
    return readFileSync(join(folder, HOLDER_NAME), 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

function noteHolder(folder: string): void {
  try {
    writeFileSync(
      join(folder, HOLDER_NAME),
      `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}\n`,
      { mode: 0o600 },
    );
  } catch {
    // A full disk keeps nobody from starting.
  }
}

/** An exclusive lock of SQLite on an empty database: Node has no call for the system's own locks. */
async function lock({ path, purpose, variable }: LockedFolder): Promise<Database.Database> {
  const file = new Database(join(path, LOCK_NAME), { timeout: 0 });
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      file.exec('BEGIN EXCLUSIVE');
      noteHolder(path);
      return file;
    } catch (error) {
      if (isBusy(error) && performance.now() < end) {
        await pause(RETRY_MS);
        continue;
      }
      file.close();
      if (!isBusy(error)) throw error;
      throw new ConfigError(
        `Another server uses the ${purpose} ${path}: ${holderOf(path)}. Stop it first, or name another folder with ${variable}.`,
      );
    }
  }
}

function foldersOf({ storage: { dataDir, outputDir } }: Config): LockedFolder[] {
  makePrivateFolder(dataDir);
  makePrivateFolder(outputDir);
  const data = {
    path: realpathSync(dataDir),
    purpose: 'data folder',
    variable: 'ATELIER_DATA_DIR',
  };
  const outputs = {
    path: realpathSync(outputDir),
    purpose: 'output folder',
    variable: 'ATELIER_OUTPUT_DIR',
  };
  const isInside = outputs.path.startsWith(data.path + sep);
  return isInside || outputs.path === data.path ? [data] : [data, outputs];
}

/**
 * Keeps a second server out of the data folder and the output folder. To be taken before the database is
 * opened. The commands of the command line do not take it: they work beside a server.
 */
export class FolderLock {
  private constructor(private readonly files: Database.Database[]) {}

  /** @throws ConfigError naming the process that has one of the folders */
  static async take(config: Config): Promise<FolderLock> {
    const files: Database.Database[] = [];
    try {
      for (const folder of foldersOf(config)) files.push(await lock(folder));
      return new FolderLock(files);
    } catch (error) {
      for (const file of files) file.close();
      throw error;
    }
  }

  release(): void {
    for (const file of this.files) file.close();
  }
}
