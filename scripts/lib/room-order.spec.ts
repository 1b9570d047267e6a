import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
let house: string;

/** Lints a small house of the given files with this repository's own settings. */
function lint(files: Record<string, string>): { ok: boolean; report: string } {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  }
  const run = spawnSync(
    process.execPath,
    [join(root, 'node_modules/oxlint/bin/oxlint'), '--format=unix'],
    { cwd: house, encoding: 'utf8' },
  );
  return { ok: run.status === 0, report: run.stdout + run.stderr };
}

/** The linter's settings, without the rules that need types: a house of strings has none. */
function settings(): string {
  const config = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8'));
  config.options.typeAware = false;
  return JSON.stringify(config);
}

beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'atelier-rooms-'));
  writeFileSync(join(house, '.oxlintrc.json'), settings());
  symlinkSync(join(root, 'scripts'), join(house, 'scripts'));
});

afterEach(() => rmSync(house, { recursive: true, force: true }));

describe('the order of rooms', () => {
  it('accepts an import of an earlier room through its index', () => {
    const { ok, report } = lint({
      'src/common/index.ts': 'export const one = 1;\n',
      'src/queue/runner.ts':
        "import { one } from '../common/index.js';\nexport const two = one + 1;\n",
      'src/engine/native.ts':
        "export const at = new URL('../../native/x.node', import.meta.url);\n",
      'src/main.ts': "export { two } from './queue/index.js';\n",
      'src/queue/index.ts': "export { two } from './runner.js';\n",
    });
    expect(report).toBe('');
    expect(ok).toBe(true);
  });

  it.each([
    ['import', "import { one } from '../queue/index.js';\nexport const two = one;\n"],
    ['import type', "import type { One } from '../queue/index.js';\nexport type Two = One;\n"],
    ['export from', "export * from '../queue/index.js';\n"],
    ['import()', "export const two = import('../queue/index.js');\n"],
    ['import() of a type', "export type Two = import('../queue/index.js').One;\n"],
  ])('refuses a step upward by %s', (_, text) => {
    const { ok, report } = lint({ 'src/common/step.ts': text });
    expect(report).toContain('src/common/ stands before src/queue/');
    expect(ok).toBe(false);
  });

  it('refuses to reach past the index of a room', () => {
    const { ok, report } = lint({
      'src/queue/deep.ts': "import { one } from '../common/one.js';\nexport const two = one;\n",
    });
    expect(report).toContain('Import src/common/ through its index.js.');
    expect(ok).toBe(false);
  });

  it('refuses a room that is not in the list', () => {
    const { ok, report } = lint({ 'src/shed/a.ts': 'export const a = 1;\n' });
    expect(report).toContain('src/shed/ is not in the list of rooms.');
    expect(ok).toBe(false);
  });

  it('refuses a cycle inside a room', () => {
    const { ok, report } = lint({
      'src/queue/a.ts': "import { b } from './b.js';\nexport const a = () => b;\n",
      'src/queue/b.ts': "import { a } from './a.js';\nexport const b = () => a;\n",
    });
    expect(report).toContain('import(no-cycle)');
    expect(ok).toBe(false);
  });

  it.each([
    ['import', "import addon from '../../native/index.js';\nexport const x = addon;\n"],
    ['URL', "export const x = new URL('../../native/a.node', import.meta.url);\n"],
    [
      'require',
      "import { createRequire } from 'node:module';\n" +
        'const require = createRequire(import.meta.url);\n' +
        "export const x = require('../../native/a.node');\n",
    ],
  ])('refuses native/ outside the engine by %s', (_, text) => {
    const { ok, report } = lint({ 'src/queue/addon.ts': text });
    expect(report).toContain('Only src/engine/ may use native/.');
    expect(ok).toBe(false);
  });

  it('refuses tests in the product', () => {
    const { ok, report } = lint({
      'src/queue/a.ts': "import { x } from '../../test/support/x.js';\nexport const a = x;\n",
    });
    expect(report).toContain('The product does not import its tests.');
    expect(ok).toBe(false);
  });
});
