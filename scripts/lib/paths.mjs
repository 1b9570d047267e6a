import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The Node that the project runs on: it comes with `npm ci`, whatever the machine's own is. */
export const node = join(root, 'node_modules/.bin/node');

/** The built server. */
export const server = join(root, 'dist/src/main.js');

/** @param {NodeJS.ProcessEnv} [env] */
export function cacheDir(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'atelier');
}

/** @param {NodeJS.ProcessEnv} [env] */
export function dataHome(env = process.env) {
  return env.XDG_DATA_HOME || join(homedir(), '.local/share');
}

/**
 * The search path without any `node_modules/.bin`, so that `npm` runs on the machine's own Node:
 * the project's one is among the files that `npm ci` replaces.
 *
 * @param {string} path
 */
export function withoutLocalBins(path) {
  return path
    .split(delimiter)
    .filter((folder) => !/node_modules[/\\]\.bin[/\\]?$/.test(folder))
    .join(delimiter);
}
