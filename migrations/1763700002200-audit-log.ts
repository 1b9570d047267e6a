import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Who did what. Without foreign keys: the log outlives what it tells of. Instants are milliseconds since 1970. */
export class AuditLog1763700002200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'audit_log',
        columns: [
          {
            name: 'sequence',
            type: 'integer',
            isPrimary: true,
            isGenerated: true,
            generationStrategy: 'increment',
          },
          { name: 'createdAt', type: 'bigint' },
          { name: 'action', type: 'varchar', length: '64' },
          { name: 'actorId', type: 'varchar', length: '36', isNullable: true },
          { name: 'actorName', type: 'varchar', length: '64', isNullable: true },
          { name: 'via', type: 'varchar', length: '16', isNullable: true },
          { name: 'targetType', type: 'varchar', length: '32', isNullable: true },
          { name: 'targetId', type: 'varchar', length: '64', isNullable: true },
          { name: 'targetName', type: 'varchar', length: '255', isNullable: true },
          { name: 'details', type: 'text', isNullable: true },
          { name: 'address', type: 'varchar', length: '64', isNullable: true },
        ],
        indices: [
          new TableIndex({ name: 'audit_log_created_at', columnNames: ['createdAt'] }),
          new TableIndex({ name: 'audit_log_actor_id', columnNames: ['actorId', 'createdAt'] }),
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_log');
  }
}
