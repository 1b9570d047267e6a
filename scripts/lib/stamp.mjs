import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/**
 * The files below a path, sorted; a path that does not exist has none.
 *
 * @param {string} path file or folder
 * @param {(path: string) => boolean} [skip]
 * @returns {string[]}
 */
export function filesUnder(path, skip = () => false) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat || skip(path)) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name), skip));
}

/**
 * One hash over the names and contents of files and over whatever else decides the result.
 *
 * @param {string} base names are taken relative to this folder
 * @param {string[]} files
 * @param {...string} settings
 */
export function hashOf(base, files, ...settings) {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const file of files) {
    const content = createHash('sha256').update(readFileSync(file)).digest('hex');
    hash.update(`${relative(base, file).split(sep).join('/')} ${content}\n`);
  }
  return hash.digest('hex');
}

/**
 * @param {string} stamp path of the stamp
 * @returns {string | undefined} the hash of the last run that succeeded
 */
export function readStamp(stamp) {
  if (!statSync(stamp, { throwIfNoEntry: false })) return undefined;
  return readFileSync(stamp, 'utf8').trim();
}

/**
 * @param {string} stamp
 * @param {string} hash
 */
export function writeStamp(stamp, hash) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, `${hash}\n`);
}
