// Which migrations were published, and as what: `migrations/published.json` has the SHA-256 of each file.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const LIST = 'migrations/published.json';

/** @typedef {Record<string, string>} Hashes by file name */

/** @param {string} root @returns {Hashes} of the files as they are */
export function hashesOf(root) {
  const folder = join(root, 'migrations');
  const names = readdirSync(folder).filter((name) => /^\d+-.*\.ts$/.test(name));
  return Object.fromEntries(
    names.toSorted().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

/** @param {string} root @returns {Hashes} */
export function listedIn(root) {
  const path = join(root, LIST);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** @param {string} root @returns {Hashes[]} every list that was ever committed */
export function committedLists(root) {
  /** @param {string[]} args */
  const git = (...args) =>
    spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
  if (!existsSync(join(root, '.git'))) return [];
  const commits = git('log', '--format=%H', '--', LIST).split('\n').filter(Boolean);
  return commits.flatMap((commit) => {
    const text = git('show', `${commit}:${LIST}`);
    return text ? [JSON.parse(text)] : [];
  });
}

/**
 * @param {Hashes} files as they are
 * @param {Hashes[]} lists the list as it is and every one that was committed, since it may be edited too
 * @returns {string[]} what is wrong
 */
export function editedMigrations(files, lists) {
  const faults = lists.flatMap((list) =>
    Object.entries(list).flatMap(([name, hash]) => {
      if (files[name] === undefined) return [`migrations/${name} was published and is gone.`];
      if (files[name] === hash) return [];
      return [`migrations/${name} was edited after it was published; write a new one instead.`];
    }),
  );
  return [...new Set(faults)];
}

/** @param {string} root @returns {string[]} what is wrong with the migrations of this checkout */
export function migrationFaults(root) {
  return editedMigrations(hashesOf(root), [listedIn(root), ...committedLists(root)]);
}

/** @param {string} root @returns {string} the list with what is new, and nothing else changed */
export function extendedList(root) {
  return `${JSON.stringify({ ...hashesOf(root), ...listedIn(root) }, null, 2)}\n`;
}
