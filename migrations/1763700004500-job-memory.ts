import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = ['memoryBytes', 'deviceMemoryBytes'];

/**
 * What a job took in memory at its peak. Told to the database in words of its own, because TypeORM makes
 * a table of SQLite anew for a new column, and its triggers would be lost.
 */
export class JobMemory1763700004500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const column of COLUMNS)
      await runner.query(`ALTER TABLE "jobs" ADD COLUMN "${column}" bigint`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of COLUMNS) await runner.query(`ALTER TABLE "jobs" DROP COLUMN "${column}"`);
  }
}
