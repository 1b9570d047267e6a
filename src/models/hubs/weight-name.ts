import { extname } from 'node:path';
import { WEIGHT_EXTENSIONS } from '../walk.js';

/** Longest file name, in bytes; the file system's own bound is 255, and `.part` comes behind it. */
const LONGEST_NAME = 200;

/** Characters of a name that somebody else gave; no system has longer ones. */
const LONGEST_GIVEN = 4096;

/** What no file name of ours holds: what is not seen, and what other systems do not take. */
const UNSAFE = /[\p{Cc}\p{Cf}<>:"|?*]/gu;

export function isWeightName(name: string): boolean {
  return WEIGHT_EXTENSIONS.has(extname(name).toLowerCase());
}

function cut(name: string): string {
  const ending = extname(name);
  const signs = Array.from(name.slice(0, name.length - ending.length));
  let left = LONGEST_NAME - Buffer.byteLength(ending);
  const kept = signs.findIndex((sign) => (left -= Buffer.byteLength(sign)) < 0);
  return (kept < 0 ? signs : signs.slice(0, kept)).join('') + ending;
}

/**
 * A file name of somebody else as it may be on our disk: its last part, without what could lead elsewhere.
 * @returns undefined where nothing is left, or it does not end as weight files do.
 */
export function safeWeightName(given: string): string | undefined {
  if (given.length > LONGEST_GIVEN) return undefined;
  const last = given.split(/[/\\]/).at(-1) ?? '';
  const name = last
    .normalize('NFC')
    .replaceAll(UNSAFE, '')
    .replace(/^[.\s]+/, '')
    .trim();
  if (!isWeightName(name)) return undefined;
  const short = cut(name);
  return extname(short) === short || short.startsWith('.') ? undefined : short;
}
