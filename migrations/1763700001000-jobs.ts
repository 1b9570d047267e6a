import {
  Table,
  TableForeignKey,
  TableIndex,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';

/** Every piece of work, from its acceptance to its end. Instants are milliseconds since 1970. */
export class Jobs1763700001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'jobs',
        columns: [
          {
            name: 'sequence',
            type: 'integer',
            isPrimary: true,
            isGenerated: true,
            generationStrategy: 'increment',
          },
          { name: 'id', type: 'varchar', length: '36' },
          { name: 'kind', type: 'varchar', length: '32' },
          { name: 'ownerId', type: 'varchar', length: '36' },
          { name: 'state', type: 'varchar', length: '16' },
          { name: 'title', type: 'text' },
          { name: 'request', type: 'text' },
          { name: 'result', type: 'text', isNullable: true },
          { name: 'failure', type: 'text', isNullable: true },
          { name: 'attempts', type: 'integer' },
          { name: 'createdAt', type: 'bigint' },
          { name: 'startedAt', type: 'bigint', isNullable: true },
          { name: 'finishedAt', type: 'bigint', isNullable: true },
        ],
        foreignKeys: [
          new TableForeignKey({
            name: 'jobs_owner',
            columnNames: ['ownerId'],
            referencedTableName: 'users',
            referencedColumnNames: ['id'],
          }),
        ],
        indices: [
          new TableIndex({ name: 'jobs_id', columnNames: ['id'], isUnique: true }),
          new TableIndex({ name: 'jobs_owner_id', columnNames: ['ownerId'] }),
          new TableIndex({ name: 'jobs_state', columnNames: ['state', 'sequence'] }),
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('jobs');
  }
}
