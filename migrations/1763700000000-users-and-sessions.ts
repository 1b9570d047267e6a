import {
  Table,
  TableForeignKey,
  TableIndex,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';

/** Who may log in, and the log ins that are still good. Instants are milliseconds since 1970. */
export class UsersAndSessions1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'users',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'username', type: 'varchar', length: '64' },
          { name: 'usernameKey', type: 'varchar', length: '64' },
          { name: 'passwordHash', type: 'varchar', length: '255' },
          { name: 'role', type: 'varchar', length: '16' },
          { name: 'disabled', type: 'boolean' },
          { name: 'createdAt', type: 'bigint' },
          { name: 'lastLoginAt', type: 'bigint', isNullable: true },
        ],
        indices: [
          new TableIndex({
            name: 'users_username_key',
            columnNames: ['usernameKey'],
            isUnique: true,
          }),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'sessions',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'userId', type: 'varchar', length: '36' },
          { name: 'createdAt', type: 'bigint' },
          { name: 'expiresAt', type: 'bigint' },
          { name: 'revokedAt', type: 'bigint', isNullable: true },
          { name: 'userAgent', type: 'varchar', length: '256', isNullable: true },
          { name: 'address', type: 'varchar', length: '64', isNullable: true },
        ],
        foreignKeys: [
          new TableForeignKey({
            name: 'sessions_user',
            columnNames: ['userId'],
            referencedTableName: 'users',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          }),
        ],
        indices: [new TableIndex({ name: 'sessions_user_id', columnNames: ['userId'] })],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('sessions');
    await runner.dropTable('users');
  }
}
