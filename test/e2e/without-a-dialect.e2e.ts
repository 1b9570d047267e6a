import { execFile } from 'node:child_process';
import { cp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { DIALECTS, type Dialect } from '../../src/dialects/index.js';
import { call } from '../support/client.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { startServer } from '../support/server.js';
import { RECIPE, WAYS } from '../support/ways.js';

/** Types are checked of all there is, twice as slowly where another program works beside. */
const TIMEOUT_MS = 240_000;

/** What is changed, or names what is changed by its path. */
const CODE = ['src', 'migrations', 'test', 'bench', 'scripts'];

/** What the build makes anew. */
const LEFT_OUT = ['dist'];

/** The tests of a dialect alone, and the list that they hold it against. */
function ownTests(name: string): string[] {
  return [`test/contract/${name}`, `test/clients/${name}`, `test/support/open-routes/${name}.ts`];
}

/** Where the description of each dialect is. */
const DESCRIPTIONS = DIALECTS.map(({ name: dialect, mount, docs }) => ({
  dialect,
  path: `${mount}${docs.document}`,
}));

let copy: TemporaryFolder;

function inCopy(path: string): string {
  return join(copy.path, path);
}

async function run(tool: string, ...args: string[]): Promise<void> {
  const options = { cwd: copy.path, maxBuffer: 16 * 1024 * 1024 };
  const program = join(PACKAGE_ROOT, 'node_modules', tool);
  await promisify(execFile)(process.execPath, [program, ...args], options).catch(
    ({ stdout, message }: { stdout?: string; message: string }) => {
      throw new Error(`${message}\n${stdout ?? ''}`);
    },
  );
}

/** Takes out what the page about dialects says has to be taken out: its folder and its line. */
async function takeOut({ name }: Dialect): Promise<void> {
  for (const path of [`src/dialects/${name}`, ...ownTests(name)])
    await rm(inCopy(path), { recursive: true, force: true });
  const list = inCopy('src/dialects/list.ts');
  const lines = (await readFile(list, 'utf8')).split('\n');
  const others = lines.filter((line) => !line.includes(`'./${name}/index.js'`));
  expect(others).toHaveLength(lines.length - 1);
  await writeFile(list, others.join('\n'));
}

async function copyCode(): Promise<void> {
  for (const folder of CODE)
    await cp(join(PACKAGE_ROOT, folder), inCopy(folder), { recursive: true });
}

beforeAll(async () => {
  copy = await temporaryFolder();
  const entries = await readdir(PACKAGE_ROOT);
  for (const entry of entries) {
    if ([...CODE, ...LEFT_OUT].includes(entry) || entry.startsWith('.')) continue;
    await symlink(join(PACKAGE_ROOT, entry), inCopy(entry));
  }
});

afterAll(() => copy.remove());

describe('the program without one of its dialects', () => {
  it.each(DIALECTS.map((dialect) => ({ name: dialect.name, dialect })))(
    'compiles, starts, and speaks the others: $name',
    async ({ dialect }) => {
      for (const folder of CODE) await rm(inCopy(folder), { recursive: true, force: true });
      await copyCode();
      await takeOut(dialect);
      await run('typescript/bin/tsc', '--incremental', '--tsBuildInfoFile', 'types.json');
      await run('@nestjs/cli/bin/nest.js', 'build');

      const server = await startServer({ program: inCopy('dist/src/main.js') });
      expect((await call(server.url, { path: '/api/health' })).status).toBe(200);
      const statuses: Record<string, number> = {};
      for (const { path } of DESCRIPTIONS)
        statuses[path] = (await call(server.url, { path })).status;
      for (const { path, body } of WAYS) {
        const reply = await server.admin.api({ path, body: await body({ ...RECIPE, steps: 1 }) });
        statuses[path] = reply.status;
      }
      expect(statuses).toEqual(
        Object.fromEntries(
          [...DESCRIPTIONS, ...WAYS].map(({ path, dialect: spoken }) => [
            path,
            spoken === dialect.name ? 404 : 200,
          ]),
        ),
      );
    },
    TIMEOUT_MS,
  );
});
