import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Role } from '../../src/auth/index.js';

function withDatabase<T>(dataDir: string, use: (database: Database.Database) => T): T {
  const database = new Database(join(dataDir, 'atelier.db'), { timeout: 5000 });
  try {
    return use(database);
  } finally {
    database.close();
  }
}

/** Adds a user with the password of the administrator to the database of a server, running or not. */
export function addUserRow(dataDir: string, username: string, role: Role): void {
  withDatabase(dataDir, (database) =>
    database
      .prepare(
        `INSERT INTO users (id, username, usernameKey, passwordHash, role, disabled, createdAt)
         SELECT ?, ?, ?, passwordHash, ?, 0, ? FROM users WHERE usernameKey = 'admin'`,
      )
      .run(randomUUID(), username, username, role, Date.now()),
  );
}

/** How many jobs were ever accepted. */
export function countJobs(dataDir: string): number {
  return withDatabase(
    dataDir,
    (database) =>
      (database.prepare('SELECT count(*) AS jobs FROM jobs').get() as { jobs: number }).jobs,
  );
}

/** Leaves a job of a stopped server as its death would leave it: in progress, begun once more. */
export function leaveInProgress(dataDir: string, id: string): void {
  withDatabase(dataDir, (database) =>
    database
      .prepare(
        `UPDATE jobs SET state = 'processing', attempts = attempts + 1, startedAt = ? WHERE id = ?`,
      )
      .run(Date.now(), id),
  );
}

/** A job as its row has it. */
export interface JobRow {
  id: string;
  title: string;
  state: string;
  failedAttempts: number;
  serverDeaths: number;
  finishedAt: number;
  result: { outputs: { filename: string; size: number }[] } | null;
  failure: { code: string; message: string } | null;
}

/** All jobs in the order of their acceptance. */
export function jobRows(dataDir: string): JobRow[] {
  const query = `SELECT id, title, state, failedAttempts, serverDeaths, finishedAt, result, failure
    FROM jobs ORDER BY sequence`;
  const rows = withDatabase(
    dataDir,
    (database) =>
      database.prepare(query).all() as (Omit<JobRow, 'result' | 'failure'> & {
        result: string | null;
        failure: string | null;
      })[],
  );
  return rows.map((row) => ({
    ...row,
    result: JSON.parse(row.result ?? 'null') as JobRow['result'],
    failure: JSON.parse(row.failure ?? 'null') as JobRow['failure'],
  }));
}
