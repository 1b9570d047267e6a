// Writes the generated files that are committed; `--check` only says whether they are up to date.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/paths.mjs';
import { extendedList, LIST, migrationFaults } from './lib/published-migrations.mjs';
import { runMain, StepError } from './lib/step.mjs';

/** @param {string} module a file of the built server */
function built(module) {
  return import(pathToFileURL(join(root, module)).href);
}

/** @returns {Promise<Record<string, string>>} the contents by their paths, made from the built server */
async function makeFiles() {
  const config = await built('dist/src/config/index.js');
  const descriptions = await built('dist/src/openapi.js');
  return {
    'config/reference.md': config.configReference(),
    'config/example.env': config.exampleEnv(),
    [LIST]: extendedList(root),
    ...(await descriptions.openApiFiles()),
  };
}

/** Made by the set-up when it builds the addon: git says whether that changed them. */
const builtFiles = ['native/index.d.ts'];

/** @returns {string[]} the built files that differ from the commit, as git names them */
function changedBuiltFiles() {
  if (!existsSync(join(root, '.git'))) return [];
  const args = ['status', '--porcelain', '--', ...builtFiles];
  const { stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean);
}

function checkMigrations() {
  const faults = migrationFaults(root);
  if (faults.length > 0) throw new StepError(faults.join('\n'));
}

async function check() {
  checkMigrations();
  const stale = [];
  for (const [file, made] of Object.entries(await makeFiles())) {
    const path = join(root, file);
    const content = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    if (content !== made) stale.push(file);
  }
  stale.push(...changedBuiltFiles());
  if (stale.length > 0) throw new StepError(`These are not up to date:\n${stale.join('\n')}`);
}

async function write() {
  checkMigrations();
  for (const [file, made] of Object.entries(await makeFiles())) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), made);
    console.log(file);
  }
}

await runMain(process.argv.includes('--check') ? check : write);
