import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How large the uploads of a job are, so that those of a user's unfinished jobs can be bounded. */
export class UploadBytes1764500040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "job_uploads" ADD COLUMN "bytes" bigint NOT NULL DEFAULT (0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "job_uploads" DROP COLUMN "bytes"`);
  }
}
