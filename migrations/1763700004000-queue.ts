import {
  Table,
  TableColumn,
  TableForeignKey,
  TableIndex,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';

const COLUMNS = [
  { name: 'model', type: 'varchar', length: '255', isNullable: true },
  { name: 'cost', type: 'double precision', default: 0 },
  { name: 'startTag', type: 'double precision', default: 0 },
  { name: 'retryOf', type: 'varchar', length: '36', isNullable: true },
  { name: 'outputBytes', type: 'bigint', isNullable: true },
  { name: 'outputsExpiredAt', type: 'bigint', isNullable: true },
];

/** What orders the queue, and the lists of jobs: each is read from an index alone, but for the page that is shown. */
const INDICES: [name: string, columns: string[]][] = [
  ['jobs_order', ['state', 'startTag', 'sequence', 'ownerId']],
  ['jobs_owner_state', ['ownerId', 'state', 'startTag']],
  ['jobs_history', ['createdAt', 'sequence', 'state', 'kind', 'model']],
  ['jobs_owner_history', ['ownerId', 'createdAt', 'sequence', 'state', 'kind', 'model']],
  ['jobs_outputs', ['finishedAt', 'outputBytes']],
];

/** What a list is filtered by, as words that are found by the same index as those of the title. */
function facets(row: string): string {
  return `'o' || replace(${row}"ownerId", '-', '') || ' s' || ${row}"state" || ' k' || hex(${row}"kind") || ' m' || hex(coalesce(${row}"model", ''))`;
}

const WRITE_NEW = `INSERT INTO "jobs_search" (rowid, "title", "facets") VALUES (new."sequence", new."title", ${facets('new.')});`;
const DELETE_OLD = 'DELETE FROM "jobs_search" WHERE rowid = old."sequence";';

/** The search is SQLite's own (FTS5), over the beginnings of words; `title` never changes after the insert. */
const SEARCH = [
  `CREATE VIRTUAL TABLE "jobs_search" USING fts5("title", "facets", content='', contentless_delete=1, detail=column, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2')`,
  `INSERT INTO "jobs_search" (rowid, "title", "facets") SELECT "sequence", "title", ${facets('')} FROM "jobs"`,
  `CREATE TRIGGER "jobs_search_add" AFTER INSERT ON "jobs" BEGIN ${WRITE_NEW} END`,
  `CREATE TRIGGER "jobs_search_change" AFTER UPDATE OF "state" ON "jobs" BEGIN ${DELETE_OLD} ${WRITE_NEW} END`,
  `CREATE TRIGGER "jobs_search_remove" AFTER DELETE ON "jobs" BEGIN ${DELETE_OLD} END`,
];

/**
 * Fair shares, history and its search, what a job's outputs weigh, and what came in with a request.
 * A later migration that makes the jobs table anew must make the triggers anew too.
 */
export class Queue1763700004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns(
      'jobs',
      COLUMNS.map((column) => new TableColumn(column)),
    );
    await runner.dropIndex('jobs', 'jobs_owner_id');
    await runner.createIndices(
      'jobs',
      INDICES.map(([name, columnNames]) => new TableIndex({ name, columnNames })),
    );
    await runner.createTable(
      new Table({
        name: 'queue_shares',
        columns: [
          { name: 'ownerId', type: 'varchar', length: '36', isPrimary: true },
          { name: 'finishTag', type: 'double precision' },
        ],
        foreignKeys: [
          new TableForeignKey({
            name: 'queue_shares_owner',
            columnNames: ['ownerId'],
            referencedTableName: 'users',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          }),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'job_uploads',
        columns: [
          { name: 'jobId', type: 'varchar', length: '36', isPrimary: true },
          { name: 'uploadId', type: 'varchar', length: '64', isPrimary: true },
        ],
        foreignKeys: [
          new TableForeignKey({
            name: 'job_uploads_job',
            columnNames: ['jobId'],
            referencedTableName: 'jobs',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          }),
        ],
        indices: [new TableIndex({ name: 'job_uploads_upload', columnNames: ['uploadId'] })],
      }),
    );
    for (const statement of SEARCH) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER "jobs_search_remove"');
    await runner.query('DROP TRIGGER "jobs_search_change"');
    await runner.query('DROP TRIGGER "jobs_search_add"');
    await runner.query('DROP TABLE "jobs_search"');
    await runner.dropTable('job_uploads');
    await runner.dropTable('queue_shares');
    for (const [name] of INDICES) await runner.dropIndex('jobs', name);
    await runner.createIndex(
      'jobs',
      new TableIndex({ name: 'jobs_owner_id', columnNames: ['ownerId'] }),
    );
    await runner.dropColumns(
      'jobs',
      COLUMNS.map((column) => new TableColumn(column)),
    );
  }
}
