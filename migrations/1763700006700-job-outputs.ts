import {
  Table,
  TableForeignKey,
  TableIndex,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';

const LISTED = ['sequence', 'place', 'createdAt', 'kind', 'model', 'width', 'height'];

/** A row for each output of a job whose outputs are there, and are not in the recycle bin. */
function write(row: string, source: string): string {
  return `INSERT INTO "job_outputs" ("sequence", "place", "ownerId", "createdAt", "kind", "model",
      "filename", "contentType", "bytes", "width", "height", "seed")
    SELECT ${row}"sequence", "output"."key", ${row}"ownerId", ${row}"createdAt", ${row}"kind", ${row}"model",
      "output"."value" ->> 'filename', "output"."value" ->> 'content_type', "output"."value" ->> 'size',
      "output"."value" ->> 'width', "output"."value" ->> 'height', "output"."value" ->> 'seed'
    FROM ${source}json_each(${row}"result", '$.outputs') AS "output"
    WHERE ${row}"deletedAt" IS NULL AND ${row}"outputsExpiredAt" IS NULL;`;
}

/** A later migration that makes the jobs table anew must make these anew too. */
const TRIGGERS = [
  `CREATE TRIGGER "job_outputs_add" AFTER INSERT ON "jobs" WHEN new."result" IS NOT NULL
   BEGIN ${write('new.', '')} END`,
  `CREATE TRIGGER "job_outputs_change" AFTER UPDATE OF "result", "deletedAt", "outputsExpiredAt" ON "jobs"
   BEGIN DELETE FROM "job_outputs" WHERE "sequence" = old."sequence"; ${write('new.', '')} END`,
];

/** Outputs as rows of their own, so that lists of pictures need not look into the results of jobs. */
export class JobOutputs1763700006700 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'job_outputs',
        columns: [
          { name: 'sequence', type: 'integer', isPrimary: true },
          { name: 'place', type: 'integer', isPrimary: true },
          { name: 'ownerId', type: 'varchar', length: '36' },
          { name: 'createdAt', type: 'bigint' },
          { name: 'kind', type: 'varchar', length: '32' },
          { name: 'model', type: 'varchar', length: '255', isNullable: true },
          { name: 'filename', type: 'varchar', length: '128' },
          { name: 'contentType', type: 'varchar', length: '64' },
          { name: 'bytes', type: 'bigint' },
          { name: 'width', type: 'integer' },
          { name: 'height', type: 'integer' },
          { name: 'seed', type: 'bigint', isNullable: true },
        ],
        foreignKeys: [
          new TableForeignKey({
            name: 'job_outputs_job',
            columnNames: ['sequence'],
            referencedTableName: 'jobs',
            referencedColumnNames: ['sequence'],
            onDelete: 'CASCADE',
          }),
        ],
        indices: [
          new TableIndex({ name: 'job_outputs_all', columnNames: LISTED }),
          new TableIndex({ name: 'job_outputs_owner', columnNames: ['ownerId', ...LISTED] }),
        ],
      }),
    );
    await runner.query(write('"jobs".', '"jobs", '));
    for (const statement of TRIGGERS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER "job_outputs_change"');
    await runner.query('DROP TRIGGER "job_outputs_add"');
    await runner.dropTable('job_outputs');
  }
}
