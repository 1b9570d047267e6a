import { Table, TableForeignKey, type MigrationInterface, type QueryRunner } from 'typeorm';

/** What is changed while the server runs: its own settings, and each user's. Instants are milliseconds since 1970. */
export class Settings1763700005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'settings',
        columns: [
          { name: 'name', type: 'varchar', length: '100', isPrimary: true },
          { name: 'value', type: 'text' },
          { name: 'updatedAt', type: 'bigint' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'user_settings',
        columns: [
          { name: 'userId', type: 'varchar', length: '36', isPrimary: true },
          { name: 'name', type: 'varchar', length: '100', isPrimary: true },
          { name: 'value', type: 'text' },
          { name: 'updatedAt', type: 'bigint' },
        ],
        foreignKeys: [
          new TableForeignKey({
            name: 'user_settings_user',
            columnNames: ['userId'],
            referencedTableName: 'users',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          }),
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('user_settings');
    await runner.dropTable('settings');
  }
}
