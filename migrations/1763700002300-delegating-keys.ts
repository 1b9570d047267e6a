import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Keys whose holder may say for which of its own users it asks. */
export class DelegatingKeys1763700002300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const no = runner.connection.options.type === 'postgres' ? 'false' : '0';
    await runner.addColumn(
      'api_keys',
      new TableColumn({ name: 'delegates', type: 'boolean', default: no }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('api_keys', 'delegates');
  }
}
