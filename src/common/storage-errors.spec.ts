import Database from 'better-sqlite3';
import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { InsufficientStorageError, isStorageError } from './storage-errors.js';
import { toAppError } from './to-app-error.js';

function withCode(code: string): Error {
  return Object.assign(new Error('it failed'), { code });
}

function fullDatabase(): Error {
  const database = new Database(':memory:');
  database.exec('CREATE TABLE notes (text TEXT)');
  database.pragma('max_page_count = 2');
  try {
    database.prepare('INSERT INTO notes VALUES (?)').run('x'.repeat(100_000));
  } catch (error) {
    return error as Error;
  } finally {
    database.close();
  }
  throw new Error('It went in.');
}

describe('an error for want of room on a disk', () => {
  it.each([
    ['of a file system', withCode('ENOSPC')],
    ['of a quota', withCode('EDQUOT')],
    ['of SQLite', fullDatabase()],
    ['of SQLite, in that of TypeORM', new QueryFailedError('INSERT', [], fullDatabase())],
    ['as the cause of another', new Error('outer', { cause: withCode('ENOSPC') })],
    ['of SQLite at a quota', withCode('SQLITE_IOERR_WRITE')],
    ['that was recognised before', new InsufficientStorageError()],
  ])('is recognised: %s', (_name, error) => {
    expect(isStorageError(error)).toBe(true);
    expect(toAppError(error)).toMatchObject({ code: 'INSUFFICIENT_STORAGE', status: 507 });
  });

  it.each([
    ['a failed read', withCode('SQLITE_IOERR_READ')],
    ['a constraint', withCode('SQLITE_CONSTRAINT_UNIQUE')],
    ['a missing file', withCode('ENOENT')],
    ['anything else', new Error('no room at the inn')],
  ])('is not: %s', (_name, error) => {
    expect(isStorageError(error)).toBe(false);
    expect(toAppError(error).code).toBe('INTERNAL_ERROR');
  });
});
