import {
  Table,
  TableForeignKey,
  TableIndex,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';

/** What was answered to requests that carried an `Idempotency-Key`. Instants are milliseconds since 1970. */
export class IdempotencyKeys1763700004100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'idempotency_keys',
        columns: [
          { name: 'ownerId', type: 'varchar', length: '36', isPrimary: true },
          { name: 'key', type: 'varchar', length: '255', isPrimary: true },
          { name: 'fingerprint', type: 'varchar', length: '64' },
          { name: 'jobIds', type: 'text' },
          { name: 'status', type: 'integer', isNullable: true },
          { name: 'body', type: 'text', isNullable: true },
          { name: 'createdAt', type: 'bigint' },
        ],
        foreignKeys: [
          new TableForeignKey({
            name: 'idempotency_keys_owner',
            columnNames: ['ownerId'],
            referencedTableName: 'users',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          }),
        ],
        indices: [new TableIndex({ name: 'idempotency_keys_age', columnNames: ['createdAt'] })],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('idempotency_keys');
  }
}
