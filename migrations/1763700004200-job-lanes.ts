import {
  Table,
  TableForeignKey,
  TableIndex,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';

/** Added by hand: TypeORM would make the table anew, which takes its triggers and what refers to it along. */
const COLUMNS = {
  lane: `varchar(16) NOT NULL DEFAULT ('engine')`,
  after: 'varchar(36)',
  blocked: 'boolean NOT NULL DEFAULT (0)',
  label: 'varchar(255)',
  origin: 'text',
};

type Indices = [name: string, columns: string[], where?: string][];

const BEFORE: Indices = [
  ['jobs_state', ['state', 'sequence']],
  ['jobs_order', ['state', 'startTag', 'sequence', 'ownerId']],
  ['jobs_owner_state', ['ownerId', 'state', 'startTag']],
];

const AFTER: Indices = [
  ['jobs_state', ['state', 'lane', 'sequence']],
  ['jobs_order', ['state', 'lane', 'blocked', 'startTag', 'sequence', 'ownerId']],
  ['jobs_owner_state', ['ownerId', 'state', 'startTag', 'lane']],
  ['jobs_after', ['after'], '"after" IS NOT NULL'],
];

function facets(row: string): string {
  return `'o' || replace(${row}"ownerId", '-', '') || ' s' || ${row}"state" || ' k' || hex(${row}"kind") || ' m' || hex(coalesce(${row}"model", ''))`;
}

/** What writes the index of the search; a job is found by its label as it is by its title. */
function triggers(text: string): string[] {
  const write = `INSERT INTO "jobs_search" (rowid, "title", "facets") VALUES (new."sequence", ${text}, ${facets('new.')});`;
  const remove = 'DELETE FROM "jobs_search" WHERE rowid = old."sequence";';
  return [
    'DROP TRIGGER "jobs_search_add"',
    'DROP TRIGGER "jobs_search_change"',
    `CREATE TRIGGER "jobs_search_add" AFTER INSERT ON "jobs" BEGIN ${write} END`,
    `CREATE TRIGGER "jobs_search_change" AFTER UPDATE OF "state" ON "jobs" BEGIN ${remove} ${write} END`,
  ];
}

/** Queues beside one another, jobs that wait for others, and what a job is called and found by. */
export class JobLanes1763700004200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name] of BEFORE) await runner.dropIndex('jobs', name);
    for (const [name, definition] of Object.entries(COLUMNS))
      await runner.query(`ALTER TABLE "jobs" ADD COLUMN "${name}" ${definition}`);
    await this.createIndices(runner, AFTER);
    for (const statement of triggers(`new."title" || coalesce(' ' || new."label", '')`))
      await runner.query(statement);
    await this.replaceShares(runner, true);
    await runner.createTable(
      new Table({
        name: 'job_tags',
        columns: [
          { name: 'jobId', type: 'varchar', length: '36', isPrimary: true },
          { name: 'name', type: 'varchar', length: '64', isPrimary: true },
          { name: 'value', type: 'varchar', length: '255' },
          { name: 'ownerId', type: 'varchar', length: '36' },
        ],
        foreignKeys: [
          new TableForeignKey({
            name: 'job_tags_job',
            columnNames: ['jobId'],
            referencedTableName: 'jobs',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          }),
        ],
        indices: [
          new TableIndex({
            name: 'job_tags_value',
            columnNames: ['ownerId', 'name', 'value', 'jobId'],
          }),
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('job_tags');
    await this.replaceShares(runner, false);
    for (const statement of triggers('new."title"')) await runner.query(statement);
    for (const [name] of AFTER) await runner.dropIndex('jobs', name);
    for (const name of Object.keys(COLUMNS).toReversed())
      await runner.query(`ALTER TABLE "jobs" DROP COLUMN "${name}"`);
    await this.createIndices(runner, BEFORE);
  }

  private async createIndices(runner: QueryRunner, indices: Indices): Promise<void> {
    for (const [name, columnNames, where] of indices)
      await runner.createIndex('jobs', new TableIndex({ name, columnNames, where }));
  }

  private async replaceShares(runner: QueryRunner, byLane: boolean): Promise<void> {
    const lane = { name: 'lane', type: 'varchar', length: '16', isPrimary: true };
    await runner.query('ALTER TABLE "queue_shares" RENAME TO "queue_shares_before"');
    await runner.createTable(
      new Table({
        name: 'queue_shares',
        columns: [
          { name: 'ownerId', type: 'varchar', length: '36', isPrimary: true },
          ...(byLane ? [lane] : []),
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
    await runner.query(
      byLane
        ? `INSERT INTO "queue_shares" SELECT "ownerId", 'engine', "finishTag" FROM "queue_shares_before"`
        : `INSERT INTO "queue_shares" SELECT "ownerId", "finishTag" FROM "queue_shares_before" WHERE "lane" = 'engine'`,
    );
    await runner.query('DROP TABLE "queue_shares_before"');
  }
}
