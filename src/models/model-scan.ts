import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { messageOf } from '../common/index.js';
import type { ModelFiles } from '../engine/index.js';
import { MANIFEST_PARTS, parseManifest, type ModelManifest } from './model-manifest.js';
import { typeOfFolder, type ModelType } from './model-type.js';
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

/** The part of a model that a file of this type is. */
const PART_OF_TYPE: Partial<Record<ModelType, keyof ModelFiles>> = {
  checkpoint: 'model',
  diffusion: 'diffusionModel',
  vae: 'vae',
  taesd: 'taesd',
  t5: 't5xxl',
  llm: 'llm',
};

/** A folder that is looked through for models. */
interface Place {
  root: string;
  folder: string;
  depth: number;
  /** What all that lies in it is by its folder's name. */
  type: ModelType | undefined;
}

function relativeTo(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

async function readBundle({ root, folder }: Place): Promise<Model> {
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
    path: join(folder, MANIFEST_NAME),
    relativePath: relativeTo(root, folder),
    files,
    ...(await sizeAndDate(paths)),
    recommended: manifest.recommended ?? {},
    preview: manifest.preview ?? 'proj',
  };
}

async function readSingle({ root, type = 'checkpoint' }: Place, path: string): Promise<Model> {
  const part = PART_OF_TYPE[type];
  return {
    id: idOf(path),
    name: basename(path),
    description: '',
    type,
    architecture: null,
    path,
    relativePath: relativeTo(root, path),
    files: part ? { [part]: path } : {},
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

async function scanFolder(place: Place, result: ScanResult): Promise<void> {
  const { folder, depth, type } = place;
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.name === MANIFEST_NAME)) {
    await collect(result, join(folder, MANIFEST_NAME), () => readBundle(place));
    return;
  }
  for (const entry of entries.toSorted((a, b) => a.name.localeCompare(b.name))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < DEPTH) {
      const below = { folder: path, depth: depth + 1, type: type ?? typeOfFolder(entry.name) };
      await scanFolder({ ...place, ...below }, result);
    } else if (WEIGHT_FILES.has(extname(entry.name).toLowerCase())) {
      await collect(result, path, () => readSingle(place, path));
    }
  }
}

/**
 * Looks through the folders for models. A folder with a `model.json` is one model; elsewhere each
 * weight file is a model of its own. A folder that does not exist holds none.
 */
export async function scanModels(folders: string[]): Promise<ScanResult> {
  const result: ScanResult = { models: [], problems: [] };
  for (const folder of folders) {
    try {
      await scanFolder({ root: folder, folder, depth: 0, type: undefined }, result);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        result.problems.push(`${folder}: ${messageOf(error)}`);
    }
  }
  return result;
}
