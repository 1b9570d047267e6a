import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, tokenOf } from '../support/auth.js';
import { StandInLlm } from '../support/llm.js';

/** Answers without an end: nothing is stored when they begin, which is all that is asked of them. */
const ENDLESS = ['/mold/api/downloads/stream', '/mold/api/resources/stream'];

/** What the server finds out by itself, whoever asks. */
const OWN_BOOKKEEPING = ['model_files', 'sqlite_sequence', 'sqlite_stat1'];

let server: TestApp;
let llm: StandInLlm;

beforeAll(async () => {
  llm = await StandInLlm.start({ kind: 'ollama' });
  server = await createTestApp({ env: { ATELIER_TEXT_ENDPOINT: llm.url } });
});

afterAll(async () => {
  await server.close();
  await llm.stop();
});

/** A digest of every table. */
async function contents(): Promise<Record<string, string>> {
  const source = server.app.get(DataSource);
  const tables = await source.query<{ name: string }[]>(
    `SELECT "name" FROM "sqlite_master" WHERE "type" = 'table' AND "name" NOT LIKE 'jobs_search%'`,
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    if (OWN_BOOKKEEPING.includes(name)) continue;
    const rows: unknown = await source.query(`SELECT * FROM "${name}"`);
    digests[name] = createHash('sha256').update(JSON.stringify(rows)).digest('hex');
  }
  return digests;
}

describe('GET and HEAD', () => {
  // Where they change nothing, a page of another origin that makes a browser send one gains nothing.
  it('change nothing on any route', async () => {
    const headers = bearer(await tokenOf(server.app));
    const before = await contents();
    const changed: unknown[] = [];
    const routes = server.routes.filter(({ method }) => method === 'GET' || method === 'HEAD');
    expect(routes.length).toBeGreaterThan(100);
    for (const { method, path } of routes) {
      const url = path.replaceAll(/:\w+|\*/g, 'unknown');
      const wanted = { method: method as 'GET', url, headers };
      if (ENDLESS.includes(path)) {
        const begun = await server.app.inject({ ...wanted, payloadAsStream: true });
        begun.stream().destroy();
      } else await server.app.inject(wanted);
      const after = await contents();
      for (const [table, digest] of Object.entries(after))
        if (digest !== before[table]) changed.push({ method, path, table });
      Object.assign(before, after);
    }
    expect(changed).toEqual([]);
  });
});
