import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { messageOf } from '../common/index.js';
import { inParallel } from './in-parallel.js';
import { MANIFEST_NAME } from './model-manifest.js';
import { typeOfFolder, type ModelType } from './model-type.js';
import type { Place } from './places.js';

/** How deep below a models folder is looked. */
const DEPTH = 6;

/** Files looked at at once. */
const AT_ONCE = 32;

const HEADER_FILES = ['.safetensors', '.sft', '.gguf'];

/** Files of Python's pickle, which can hold programs: they are listed, and never read here. */
const PICKLE_FILES = ['.ckpt', '.pt', '.pth', '.bin'];

/** How the names of weight files end, in small letters. */
export const WEIGHT_EXTENSIONS: ReadonlySet<string> = new Set([...HEADER_FILES, ...PICKLE_FILES]);

export function isPickle(path: string): boolean {
  return PICKLE_FILES.includes(extname(path).toLowerCase());
}

/** Something in a folder that is looked through. */
interface Below {
  /** The folder of the configuration below which it lies. */
  root: string;
  /** What it is by its folder. */
  type: ModelType | null;
}

export interface FoundFile extends Below {
  path: string;
  size: number;
  mtimeMs: number;
}

/** A folder with a `model.json`. */
export interface FoundBundle extends Below {
  folder: string;
}

export interface Found {
  files: FoundFile[];
  bundles: FoundBundle[];
  /** Every folder that was looked into. */
  folders: string[];
  /** The configured folders that are there. */
  roots: string[];
  /** What could not be looked at, a sentence each. */
  problems: string[];
}

interface Walk extends Found {
  /** Real paths of folders, so that a link upwards does not go round for ever. */
  seen: Set<string>;
  paths: Map<string, Below>;
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

async function isFolder(path: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const target = await stat(path).catch(() => undefined);
  return target?.isDirectory() ?? false;
}

async function enter(walk: Walk, folder: string): Promise<Dirent[] | undefined> {
  try {
    const real = await realpath(folder);
    if (walk.seen.has(real)) return undefined;
    walk.seen.add(real);
    const entries = await readdir(folder, { withFileTypes: true });
    walk.folders.push(folder);
    return entries
      .filter(({ name }) => !name.startsWith('.'))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (!isMissing(error)) walk.problems.push(`${folder}: ${messageOf(error)}`);
    return undefined;
  }
}

async function look(walk: Walk, folder: string, below: Below, depth: number): Promise<boolean> {
  const entries = await enter(walk, folder);
  if (!entries) return false;
  if (entries.some(({ name }) => name === MANIFEST_NAME)) {
    walk.bundles.push({ ...below, folder });
    return true;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (WEIGHT_EXTENSIONS.has(extname(entry.name).toLowerCase()) && !entry.isDirectory()) {
      if (!walk.paths.has(path)) walk.paths.set(path, below);
    } else if (depth < DEPTH && (await isFolder(path, entry))) {
      const type = below.type ?? typeOfFolder(entry.name) ?? null;
      await look(walk, path, { ...below, type }, depth + 1);
    }
  }
  return true;
}

/** Sizes and dates of the files; what is gone meanwhile, a dead link or a folder is left out. */
async function measure(walk: Walk): Promise<void> {
  const found = await inParallel(AT_ONCE, [...walk.paths], async ([path, below]) => {
    try {
      const file = await stat(path);
      return file.isFile() ? { ...below, path, size: file.size, mtimeMs: file.mtimeMs } : [];
    } catch (error) {
      if (!isMissing(error)) walk.problems.push(`${path}: ${messageOf(error)}`);
      return [];
    }
  });
  walk.files.push(...found.flat());
}

/**
 * Looks through the folders for weight files and bundles. A folder that does not exist holds none; one
 * that lies in two places counts for the first; links are followed.
 */
export async function walkPlaces(places: readonly Place[]): Promise<Found> {
  const walk: Walk = {
    files: [],
    bundles: [],
    folders: [],
    roots: [],
    problems: [],
    seen: new Set(),
    paths: new Map(),
  };
  for (const { folder, type } of places) {
    if (await look(walk, folder, { root: folder, type }, 0)) walk.roots.push(folder);
  }
  await measure(walk);
  const { files, bundles, folders, roots, problems } = walk;
  return { files, bundles, folders, roots, problems };
}
