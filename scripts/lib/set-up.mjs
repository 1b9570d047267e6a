import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { findLibclang, findRust } from './machine.mjs';
import { cacheDir, node, root, server, withoutLocalBins } from './paths.mjs';
import { filesUnder, hashOf, readStamp, writeStamp } from './stamp.mjs';
import { runStep, StepError } from './step.mjs';
import { ensureBuildTools } from './system-packages.mjs';

const native = join(root, 'native');
const web = join(root, 'web');
const llama = join(root, 'llama');
const stamps = {
  packages: join(root, 'node_modules/.atelier-lock'),
  llama: join(llama, 'node_modules/.atelier-lock'),
  native: join(native, '.atelier-build'),
  dist: join(root, 'dist/.atelier-build'),
  web: join(root, 'web/dist/.atelier-build'),
};

export const hasNative = () => existsSync(join(native, 'Cargo.toml'));

function packagesHash() {
  return hashOf(root, [join(root, 'package-lock.json')], process.platform, process.arch);
}

function nativeHash() {
  const made = /^(target|node_modules|index\.d\.ts|.*\.node|\.atelier-build)$/;
  const files = filesUnder(native, (path) => made.test(basename(path)));
  const features = process.env.ATELIER_ENGINE_FEATURES ?? '';
  return hashOf(root, files, features, process.platform, process.arch);
}

function distHash() {
  const sources = ['src', 'migrations'].flatMap((folder) =>
    filesUnder(join(root, folder), (path) => path.endsWith('.spec.ts')),
  );
  const settings = ['.swcrc', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
  return hashOf(root, [...sources, ...settings.map((name) => join(root, name))], packagesHash());
}

function webHash() {
  const made = /^(dist|generated)$/;
  const files = filesUnder(web, (path) => made.test(basename(path)) || path.endsWith('.spec.ts'));
  return hashOf(root, [...files, join(root, 'docs/openapi.json')], packagesHash());
}

/** Records that node_modules is what the lockfile says. */
export function recordPackages() {
  writeStamp(stamps.packages, packagesHash());
}

/** @returns {Promise<boolean>} whether anything was done */
async function installPackages() {
  if (existsSync(node) && readStamp(stamps.packages) === packagesHash()) return false;
  await runStep({
    title: 'installing packages (npm ci)',
    name: 'npm-ci',
    command: 'npm',
    args: ['ci'],
    env: { ...process.env, PATH: withoutLocalBins(process.env.PATH ?? '') },
    advice: 'Check that the npm registry can be reached, then run the same command again.',
  });
  recordPackages();
  return true;
}

function llamaHash() {
  const files = ['package.json', 'package-lock.json'].map((name) => join(llama, name));
  return hashOf(root, files, process.platform, process.arch);
}

/** @returns {Promise<boolean>} whether anything was done */
async function installLlama() {
  if (readStamp(stamps.llama) === llamaHash()) return false;
  await runStep({
    title: 'installing the engine for language models',
    name: 'llama',
    command: 'npm',
    // What it needs comes built; its install script would look for a compiler where that is not so.
    args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
    cwd: llama,
    env: { ...process.env, PATH: withoutLocalBins(process.env.PATH ?? '') },
    advice:
      'Check that the npm registry can be reached, or leave it out: npm run setup -- --no-text.',
  });
  writeStamp(stamps.llama, llamaHash());
  return true;
}

function addon() {
  return filesUnder(native, (path) => /^(target|src)$/.test(basename(path))).find((path) =>
    path.endsWith('.node'),
  );
}

/** @returns {Promise<boolean>} whether anything was done */
async function buildNative() {
  if (addon() && readStamp(stamps.native) === nativeHash()) return false;
  await ensureBuildTools();
  const target = join(cacheDir(), 'native');
  forgetOtherEngine(target);
  const features = process.env.ATELIER_ENGINE_FEATURES;
  await runStep({
    title: 'building the engine (cargo; some minutes the first time)',
    name: 'native',
    command: node,
    args: [
      join(root, 'node_modules/@napi-rs/cli/dist/cli.js'),
      ...'build --release --no-js --dts index.d.ts --output-dir .'.split(' '),
      ...(features ? ['--features', features] : []),
      '--target-dir',
      target,
      '--',
      '--locked',
    ],
    cwd: native,
    env: nativeEnvironment(),
    advice: 'The lines above say what the compiler missed; docs/native.md lists what it needs.',
  });
  if (!addon()) throw new StepError('The engine was built, but left no .node file in native/.');
  writeStamp(stamps.native, nativeHash());
  return true;
}

/**
 * Cargo does not know that engine.cmake decides how the C++ is compiled: what was compiled under
 * another one has to go.
 *
 * @param {string} target cargo's target directory
 */
function forgetOtherEngine(target) {
  const stamp = join(target, '.atelier-engine');
  const hash = hashOf(native, [join(native, 'engine.cmake')]);
  if (readStamp(stamp) === hash) return;
  for (const platform of existsSync(target) ? readdirSync(target) : []) {
    const build = join(target, platform, 'release/build');
    for (const name of existsSync(build) ? readdirSync(build) : []) {
      if (name.startsWith('diffusion-rs-sys-')) rmSync(join(build, name), { recursive: true });
    }
  }
  writeStamp(stamp, hash);
}

function nativeEnvironment() {
  const rust = findRust();
  const libclang = findLibclang();
  return {
    ...process.env,
    PATH: [dirname(node), rust?.folder, process.env.PATH].filter(Boolean).join(delimiter),
    ...(libclang && { LIBCLANG_PATH: libclang }),
  };
}

/** @returns {Promise<boolean>} whether anything was done */
async function buildServer() {
  if (existsSync(server) && readStamp(stamps.dist) === distHash()) return false;
  await runStep({
    title: 'building the server',
    name: 'dist',
    command: node,
    args: [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build'],
    advice: 'Mend the source that the lines above name, then run the same command again.',
  });
  if (!existsSync(server)) throw new StepError('The build left no dist/src/main.js.');
  spawnSync(node, [join(root, 'scripts/build-info.mjs')], { stdio: 'inherit' });
  writeStamp(stamps.dist, distHash());
  return true;
}

/** @returns {Promise<boolean>} whether anything was done */
async function buildWeb() {
  if (existsSync(join(web, 'dist/index.html')) && readStamp(stamps.web) === webHash()) return false;
  await runStep({
    title: 'building the dashboard',
    name: 'web',
    command: node,
    args: [join(root, 'scripts/build-web.mjs')],
    advice: 'Mend the source that the lines above name, then run the same command again.',
  });
  writeStamp(stamps.web, webHash());
  return true;
}

/**
 * Brings everything up to date: packages, the addon, the built server, the built dashboard.
 *
 * @param {{ native?: boolean, text?: boolean }} [options] `native: false` leaves the addon out, `text: false` the
 *   engine for language models
 * @returns {Promise<string[]>} what was done
 * @throws {StepError}
 */
export async function setUp(options = {}) {
  /** @type {string[]} */
  const done = [];
  if (await installPackages()) done.push('packages');
  if (options.text !== false && (await installLlama())) done.push('text engine');
  if (options.native !== false) {
    if (!hasNative()) console.error('  There is no native/ folder: going on without the engine.');
    else if (await buildNative()) done.push('engine');
  }
  if (await buildServer()) done.push('server');
  if (await buildWeb()) done.push('dashboard');
  return done;
}

/** @throws {StepError} when the project cannot be started as it is */
export function assertSetUp() {
  if (existsSync(node) && existsSync(server)) return;
  throw new StepError('Atelier is not set up yet. Run this first:\n\n    npm run setup');
}
