import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { retryWhileBusy } from '../common/index.js';

/** Milliseconds for which SQLite may hold up the event loop to wait for another writer. */
const BUSY_TIMEOUT_MS = 20;

type Query = (...args: unknown[]) => Promise<unknown>;

/** Has the statements of TypeORM wait for another writer without holding up the event loop. */
@Injectable()
export class DatabaseRetries {
  constructor(@InjectDataSource() source: DataSource) {
    const { databaseConnection } = source.driver as unknown as {
      databaseConnection: { readonly inTransaction: boolean; pragma(text: string): unknown };
    };
    // The migrations, which nobody waits for, are done.
    databaseConnection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    // The driver has one runner, which all repositories share.
    const runner = source.createQueryRunner();
    const query = runner.query.bind(runner) as Query;
    // A statement of a transaction is not repeated: the transaction was begun by another statement.
    const patient: Query = (...args) =>
      databaseConnection.inTransaction ? query(...args) : retryWhileBusy(() => query(...args));
    Object.assign(runner, { query: patient });
  }
}
