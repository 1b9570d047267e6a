import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** What is known of the weight files on disk, so that none is read twice. */
export class ModelFiles1763700003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'model_files',
        columns: [
          { name: 'path', type: 'text', isPrimary: true },
          { name: 'stamp', type: 'varchar', length: '64' },
          { name: 'facts', type: 'text', isNullable: true },
          { name: 'sha256', type: 'varchar', length: '64', isNullable: true },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('model_files');
  }
}
