import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { messageOf } from '../common/index.js';
import type { ModelFiles } from '../engine/index.js';
import { MANIFEST_PARTS, parseManifest, type ModelManifest } from './model-manifest.js';
import type { Model } from './model.js';

/** Name of the file that puts several files together to one model. */
export const MANIFEST_NAME = 'model.json';

const WEIGHT_FILES = new Set(['.safetensors', '.gguf', '.ckpt', '.pt', '.pth', '.sft']);

/** How deep below a models folder is looked. */
const DEPTH = 4;

export interface ScanResult {
  models: Model[];
  /** What was found and could not be understood, a sentence each. */
  problems: string[];
}

function idOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

async function sizeAndDate(paths: string[]): Promise<Pick<Model, 'size' | 'modifiedAt'>> {
  const stats = await Promise.all(paths.map((path) => stat(path)));
  return {
    size: stats.reduce((sum, file) => sum + file.size, 0),
    modifiedAt: new Date(Math.max(...stats.map((file) => file.mtimeMs))),
  };
}

function resolveParts(folder: string, manifest: ModelManifest): ModelFiles {
  const parts = Object.entries(manifest.files) as [
    keyof typeof MANIFEST_PARTS,
    string | undefined,
  ][];
  return Object.fromEntries(
    parts.flatMap(([part, file]) =>
      file === undefined ? [] : [[MANIFEST_PARTS[part], join(folder, file)]],
    ),
  );
}

async function readBundle(folder: string): Promise<Model> {
  const manifest = parseManifest(await readFile(join(folder, MANIFEST_NAME), 'utf8'));
  const files = resolveParts(folder, manifest);
  const paths = Object.values(files) as string[];
  if (paths.length === 0) throw new Error('it names no files.');
  return {
    id: idOf(join(folder, MANIFEST_NAME)),
    name: manifest.name,
    description: manifest.description ?? '',
    type: manifest.type,
    architecture: manifest.architecture ?? null,
    files,
    ...(await sizeAndDate(paths)),
    recommended: manifest.recommended ?? {},
    preview: manifest.preview ?? 'proj',
  };
}

async function readSingle(path: string): Promise<Model> {
  return {
    id: idOf(path),
    name: basename(path),
    description: '',
    type: 'checkpoint',
    architecture: null,
    files: { model: path },
    ...(await sizeAndDate([path])),
    recommended: {},
    preview: 'proj',
  };
}

async function collect(
  result: ScanResult,
  path: string,
  read: () => Promise<Model>,
): Promise<void> {
  try {
    result.models.push(await read());
  } catch (error) {
    result.problems.push(`${path}: ${messageOf(error)}`);
  }
}

async function scanFolder(folder: string, depth: number, result: ScanResult): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.name === MANIFEST_NAME)) {
    await collect(result, join(folder, MANIFEST_NAME), () => readBundle(folder));
    return;
  }
  for (const entry of entries.toSorted((a, b) => a.name.localeCompare(b.name))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < DEPTH) await scanFolder(path, depth + 1, result);
    else if (WEIGHT_FILES.has(extname(entry.name).toLowerCase()))
      await collect(result, path, () => readSingle(path));
  }
}

/**
 * Looks through the folders for models. A folder with a `model.json` is one model; elsewhere each
 * weight file is a checkpoint of its own. A folder that does not exist holds none.
 */
export async function scanModels(folders: string[]): Promise<ScanResult> {
  const result: ScanResult = { models: [], problems: [] };
  for (const folder of folders) {
    try {
      await scanFolder(folder, 0, result);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        result.problems.push(`${folder}: ${messageOf(error)}`);
    }
  }
  return result;
}
