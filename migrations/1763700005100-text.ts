import {
  Table,
  TableForeignKey,
  TableIndex,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';

function owned(name: string): TableForeignKey {
  return new TableForeignKey({
    name,
    columnNames: ['ownerId'],
    referencedTableName: 'users',
    referencedColumnNames: ['id'],
    onDelete: 'CASCADE',
  });
}

const SEQUENCE = {
  name: 'sequence',
  type: 'integer',
  isPrimary: true,
  isGenerated: true,
  generationStrategy: 'increment' as const,
};

/** Prompts that were made better, and what was said to the assistant. Instants are milliseconds since 1970. */
export class Text1763700005100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'prompt_history',
        columns: [
          SEQUENCE,
          { name: 'id', type: 'varchar', length: '36' },
          { name: 'ownerId', type: 'varchar', length: '36' },
          { name: 'original', type: 'text' },
          { name: 'enhanced', type: 'text' },
          { name: 'model', type: 'varchar', length: '255' },
          { name: 'success', type: 'boolean' },
          { name: 'errorMessage', type: 'text' },
          { name: 'createdAt', type: 'bigint' },
        ],
        foreignKeys: [owned('prompt_history_owner')],
        indices: [
          new TableIndex({ name: 'prompt_history_id', columnNames: ['id'], isUnique: true }),
          new TableIndex({
            name: 'prompt_history_owner_id',
            columnNames: ['ownerId', 'sequence'],
          }),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'assistant_messages',
        columns: [
          SEQUENCE,
          { name: 'ownerId', type: 'varchar', length: '36' },
          { name: 'role', type: 'varchar', length: '16' },
          { name: 'content', type: 'text' },
          { name: 'thinking', type: 'text' },
          { name: 'actions', type: 'text' },
          { name: 'toolCalls', type: 'text' },
          { name: 'createdAt', type: 'bigint' },
        ],
        foreignKeys: [owned('assistant_messages_owner')],
        indices: [
          new TableIndex({
            name: 'assistant_messages_owner_id',
            columnNames: ['ownerId', 'sequence'],
          }),
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('assistant_messages');
    await runner.dropTable('prompt_history');
  }
}
