import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whether a password is still the one that the first start made up. In SQL: TypeORM would rebuild the table
 * in SQLite, with all that refers to it. Of the users of before, nobody knows it, so it is said of none.
 */
export class FirstPassword1763700002400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const no = runner.connection.options.type === 'postgres' ? 'false' : '0';
    await runner.query(
      `ALTER TABLE "users" ADD COLUMN "firstPassword" boolean NOT NULL DEFAULT ${no}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "users" DROP COLUMN "firstPassword"');
  }
}
