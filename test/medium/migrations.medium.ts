import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { createTestApp, type TestApp } from '../support/app.js';

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

  it('can be taken back to nothing', async () => {
    for (const _ of source.migrations) await source.undoLastMigration();
    const tables = (await source.query(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )) as object[];
    expect(tables).toEqual([{ name: 'migrations' }]);
  });
});
