import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which key made a key: both end together. In SQL, because TypeORM would build the table anew. */
export class DerivedKeys1764500060000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "api_keys" ADD COLUMN "parentId" varchar(36)');
    await runner.query('CREATE INDEX "api_keys_parent_id" ON "api_keys" ("parentId")');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "api_keys_parent_id"');
    await runner.query('ALTER TABLE "api_keys" DROP COLUMN "parentId"');
  }
}
