import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Accounts of the machine beside our own, and sessions whose token can be exchanged. In SQL, which is
 * the same for both databases: TypeORM would rebuild the tables in SQLite, with all that refers to them.
 */
export class AccountOrigins1763700002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, column] of ADDED)
      await runner.query(`ALTER TABLE "${table}" ADD COLUMN ${column}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, column] of ADDED.toReversed())
      await runner.query(`ALTER TABLE "${table}" DROP COLUMN ${column.split(' ')[0]}`);
  }
}

const ADDED = [
  ['users', `"origin" varchar(16) NOT NULL DEFAULT 'local'`],
  ['sessions', `"method" varchar(16) NOT NULL DEFAULT 'jwt'`],
  ['sessions', '"tokenId" varchar(36)'],
  ['sessions', '"rotatedAt" bigint'],
] as const;
