import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The hash by which other programs know a LoRA: of its tensors, without the header that holds its remarks. */
export class TensorHashes1763700003100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "model_files" ADD COLUMN "tensorsSha256" varchar(64)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "model_files" DROP COLUMN "tensorsSha256"');
  }
}
