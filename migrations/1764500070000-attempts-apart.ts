import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = ['failedAttempts', 'serverDeaths'];

/**
 * Attempts that failed are counted apart from those that the end of the server cut off. In SQL, because
 * TypeORM would build the table anew and lose its triggers.
 */
export class AttemptsApart1764500070000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const column of COLUMNS)
      await runner.query(`ALTER TABLE "jobs" ADD COLUMN "${column}" integer NOT NULL DEFAULT (0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of COLUMNS) await runner.query(`ALTER TABLE "jobs" DROP COLUMN "${column}"`);
  }
}
