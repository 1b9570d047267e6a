import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the input images of a job were removed to make room. */
export class InputsExpired1764500080000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "jobs" ADD COLUMN "inputsExpiredAt" bigint`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "jobs" DROP COLUMN "inputsExpiredAt"`);
  }
}
