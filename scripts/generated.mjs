// Writes the generated files that are committed; `--check` only says whether they are up to date.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/paths.mjs';
import { runMain, StepError } from './lib/step.mjs';

/** Made from the built server: what each function returns is the file's content. */
const files = [
  { path: 'config/reference.md', module: 'dist/src/config/index.js', name: 'configReference' },
  { path: 'docs/openapi.json', module: 'dist/src/openapi.js', name: 'openApiFile' },
  { path: 'config/example.env', module: 'dist/src/config/index.js', name: 'exampleEnv' },
];

/** Made by the set-up when it builds the addon: git says whether that changed them. */
const builtFiles = ['native/index.d.ts'];

/** @param {typeof files[number]} file */
async function contentOf({ module, name }) {
  const made = await import(pathToFileURL(join(root, module)).href);
  return /** @type {string} */ (await made[name]());
}

/** @returns {string[]} the built files that differ from the commit, as git names them */
function changedBuiltFiles() {
  if (!existsSync(join(root, '.git'))) return [];
  const args = ['status', '--porcelain', '--', ...builtFiles];
  const { stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean);
}

async function check() {
  const stale = [];
  for (const file of files) {
    const path = join(root, file.path);
    const content = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    if (content !== (await contentOf(file))) stale.push(file.path);
  }
  stale.push(...changedBuiltFiles());
  if (stale.length > 0) throw new StepError(`These are not up to date:\n${stale.join('\n')}`);
}

async function write() {
  for (const file of files) {
    mkdirSync(dirname(join(root, file.path)), { recursive: true });
    writeFileSync(join(root, file.path), await contentOf(file));
    console.log(file.path);
  }
}

await runMain(process.argv.includes('--check') ? check : write);
