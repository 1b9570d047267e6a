import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

type Indices = [name: string, columns: string[], where?: string][];

const LISTED = '"deletedAt" IS NULL';

const BEFORE: Indices = [
  ['jobs_owner_state', ['ownerId', 'state', 'startTag', 'lane']],
  ['jobs_history', ['createdAt', 'sequence', 'state', 'kind', 'model']],
  ['jobs_owner_history', ['ownerId', 'createdAt', 'sequence', 'state', 'kind', 'model']],
];

const AFTER: Indices = [
  ['jobs_owner_state', ['ownerId', 'state', 'startTag', 'lane', 'deletedAt']],
  ['jobs_history', ['createdAt', 'sequence', 'state', 'kind', 'model'], LISTED],
  ['jobs_owner_history', ['ownerId', 'createdAt', 'sequence', 'state', 'kind', 'model'], LISTED],
  [
    'jobs_owner_label',
    ['ownerId', 'label', 'createdAt', 'sequence', 'state', 'kind'],
    `${LISTED} AND "label" IS NOT NULL`,
  ],
  ['jobs_bin', ['ownerId', 'deletedAt'], '"deletedAt" IS NOT NULL'],
];

interface Search {
  /** What is written of a row besides its words. */
  facets: (row: string) => string;
  /** Which rows are written at all. */
  where: (row: string) => string;
  /** What of a row may change. */
  columns: string;
}

function facets(row: string): string {
  return `'o' || replace(${row}"ownerId", '-', '') || ' s' || ${row}"state" || ' k' || hex(${row}"kind") || ' m' || hex(coalesce(${row}"model", ''))`;
}

const SEARCH_BEFORE: Search = { facets, where: () => '', columns: '"state"' };

const SEARCH_AFTER: Search = {
  facets: (row) => `${facets(row)} || ' l' || hex(coalesce(${row}"label", ''))`,
  where: (row) => ` WHERE ${row}"deletedAt" IS NULL`,
  columns: '"state", "deletedAt"',
};

function write(search: Search, row: string, source: string): string {
  const title = `${row}"title" || coalesce(' ' || ${row}"label", '')`;
  return `INSERT INTO "jobs_search" (rowid, "title", "facets") SELECT ${row}"sequence", ${title}, ${search.facets(row)}${source}${search.where(row)}`;
}

/** Writes the index of the search anew, and what keeps it. */
function renewal(search: Search): string[] {
  const add = `${write(search, 'new.', '')};`;
  const remove = 'DELETE FROM "jobs_search" WHERE rowid = old."sequence";';
  return [
    'DROP TRIGGER "jobs_search_add"',
    'DROP TRIGGER "jobs_search_change"',
    `INSERT INTO "jobs_search" ("jobs_search") VALUES ('delete-all')`,
    write(search, '', ' FROM "jobs"'),
    `CREATE TRIGGER "jobs_search_add" AFTER INSERT ON "jobs" BEGIN ${add} END`,
    `CREATE TRIGGER "jobs_search_change" AFTER UPDATE OF ${search.columns} ON "jobs" BEGIN ${remove} ${add} END`,
  ];
}

/** Jobs that were deleted and can be restored, which no list shows; and lists by label. */
export class RecycleBin1763700004300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // By hand: TypeORM would make the table anew, which takes its triggers and what refers to it along.
    await runner.query('ALTER TABLE "jobs" ADD COLUMN "deletedAt" bigint');
    await this.replace(runner, BEFORE, AFTER);
    for (const statement of renewal(SEARCH_AFTER)) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of renewal(SEARCH_BEFORE)) await runner.query(statement);
    await this.replace(runner, AFTER, BEFORE);
    await runner.query('ALTER TABLE "jobs" DROP COLUMN "deletedAt"');
  }

  private async replace(runner: QueryRunner, old: Indices, now: Indices): Promise<void> {
    for (const [name] of old) await runner.dropIndex('jobs', name);
    for (const [name, columnNames, where] of now)
      await runner.createIndex('jobs', new TableIndex({ name, columnNames, where }));
  }
}
