import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  atLeast,
  chooseLibclang,
  findRust,
  installCommand,
  isDebian,
  missingChromium,
  missingNeeds,
  missingPython,
  needNames,
  packageManager,
} from './machine.mjs';
import { root } from './paths.mjs';
import { runStep, StepError } from './step.mjs';

const rustup =
  "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal";

/** @typedef {import('./machine.mjs').Need} Need */

function offeredLibclang() {
  const search = ['search', '--names-only', '^libclang-[0-9]+-dev$'];
  return chooseLibclang(spawnSync('apt-cache', search, { encoding: 'utf8' }).stdout ?? '');
}

/** @param {Need[]} missing */
async function installDebian(missing) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const advice = 'Install them by hand, then run the same command again.';
  const update = () =>
    runStep({
      title: 'reading the package lists (apt-get update)',
      name: 'apt-update',
      command: 'apt-get',
      args: ['update'],
      env,
      advice,
    });
  const install = (/** @type {string} */ command) => {
    const [program = '', ...args] = command.split(' ');
    return runStep({
      title: `installing packages (${command})`,
      name: 'apt-install',
      command: program,
      args,
      env,
      advice,
    });
  };
  const commandLine = () => installCommand('apt', missing, { libclang: offeredLibclang() });

  const listed = !missing.includes('libclang') || offeredLibclang() !== undefined;
  if (!listed) await update();
  try {
    await install(commandLine());
  } catch (error) {
    if (!listed) throw error;
    await update();
    await install(commandLine());
  }
}

/**
 * @param {string} who needs it, such as `The engine needs`
 * @param {Need[]} missing
 * @returns {string} which command brings them on this machine, or the three usual ones
 */
export function installAdvice(who, missing, manager = packageManager()) {
  const commands = {
    apt: installCommand('apt', missing, { sudo: true }),
    dnf: installCommand('dnf', missing, { sudo: true }),
    brew: installCommand('brew', missing),
  };
  const lines = manager ? [commands[manager]] : Object.values(commands);
  const names = missing.map((need) => needNames[need]).join(', ');
  return `${who} ${names}. Install it, then run the same command again:\n\n${lines
    .map((line) => `    ${line}`)
    .join('\n')}`;
}

/** @throws {StepError} */
function checkRust() {
  const wanted = rustVersionIn(readFileSync(join(root, 'native/Cargo.toml'), 'utf8'));
  const rust = findRust();
  if (rust && atLeast(rust.version, wanted)) return;
  const found = rust
    ? `Rust ${rust.version} is too old: the engine needs ${wanted} or newer.\n\n    rustup update stable\n\nor, if it did not come from rustup:`
    : `The engine needs Rust ${wanted} or newer to be built, and there is none (Linux distributions often pack an older one):`;
  throw new StepError(`${found}\n\n    ${rustup}\n\nThen run the same command again.`);
}

/**
 * @param {string} manifest a Cargo.toml
 * @returns {string} such as `1.88`
 */
export function rustVersionIn(manifest) {
  return /^rust-version\s*=\s*"([\d.]+)"/m.exec(manifest)?.[1] ?? '1.85';
}

/**
 * Installs what is missing where this script may.
 *
 * @param {string} who needs it, such as `The engine needs`
 * @param {() => Need[]} find what is missing
 * @throws {StepError} naming the command to run where this script may not
 */
async function ensure(who, find) {
  const missing = find();
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !isDebian()) throw new StepError(installAdvice(who, missing));
  await installDebian(missing);
  const still = find();
  if (still.length > 0) throw new StepError(installAdvice(who, still));
}

/**
 * Makes sure that the machine can build the engine.
 *
 * @throws {StepError} naming the command to run where this script may not
 */
export async function ensureBuildTools() {
  await ensure('To be built, the engine needs', missingNeeds);
  checkRust();
}

/**
 * Makes sure that the tests can have environments with packages of Python.
 *
 * @throws {StepError} naming the command to run where this script may not
 */
export function ensurePython() {
  return ensure('The tests of clients in Python need', missingPython);
}

/**
 * Makes sure that the machine has a browser for the tests.
 *
 * @throws {StepError} naming the command to run where this script may not
 */
export function ensureChromium() {
  return ensure('The tests of the dashboard need', missingChromium);
}
