import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { createTestApp, type TestApp } from '../support/app.js';
import { temporaryFolder } from '../support/folder.js';

let server: TestApp;
let source: DataSource;

beforeEach(async () => {
  server = await createTestApp();
  source = server.app.get(DataSource);
});

afterEach(async () => {
  await server.close();
});

describe('the migrations', () => {
  it('make exactly the tables that the entities describe', async () => {
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('refuse a database that a newer version has changed, and leave it as it is', async () => {
    const folder = await temporaryFolder();
    try {
      await (await createTestApp({ dataDir: folder.path })).close();
      const database = new Database(join(folder.path, 'atelier.db'));
      database
        .prepare('INSERT INTO migrations (timestamp, name) VALUES (?, ?)')
        .run(9e12, 'Later9000000000000');
      await expect(createTestApp({ dataDir: folder.path })).rejects.toThrow(
        /was changed by a newer version of this server \(Later9000000000000\)/,
      );
      const count = database.prepare('SELECT count(*) AS "rows" FROM migrations').get();
      expect(count).toEqual({ rows: source.migrations.length + 1 });
      database.close();
    } finally {
      await folder.remove();
    }
  });

  it('can be taken back to nothing', async () => {
    for (const _ of source.migrations) await source.undoLastMigration();
    const tables = (await source.query(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )) as object[];
    expect(tables).toEqual([{ name: 'migrations' }]);
  });
});
