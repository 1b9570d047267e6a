import { access, constants, lstat, mkdir, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { ValidationError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { CONVENTIONAL_FOLDERS, MODEL_TYPES, type ModelType } from './model-type.js';
import { ModelFolderError } from './models.errors.js';
import { configuredPlaces, isInside, type Place } from './places.js';

/** How deep a subfolder may lie: models are looked for six folders deep. */
const MAX_DEPTH = 4;
const LONGEST_PART = 100;

/** What no folder name holds: control characters, and what other systems do not take. */
const UNSAFE_PART = /[\p{Cc}<>:"|?*\\]/u;

function isGoodPart(part: string): boolean {
  const isShort = part.length > 0 && part.length <= LONGEST_PART;
  return isShort && !part.startsWith('.') && part.trim() === part && !UNSAFE_PART.test(part);
}

/** @throws ValidationError */
function checkSubfolder(subfolder: string): void {
  const parts = subfolder.split('/');
  if (!isAbsolute(subfolder) && parts.length <= MAX_DEPTH && parts.every(isGoodPart)) return;
  const message = `subfolder must be a folder below the one of the type, such as anime or anime/old, at most ${MAX_DEPTH} deep.`;
  throw new ValidationError([{ field: 'subfolder', message }]);
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** The real path, also of what is not there yet. @throws for a link to nowhere */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isMissing || dirname(path) === path) throw error;
    // It was made meanwhile, or is a link to nowhere, which throws again.
    if (await isThere(path)) return realpath(path);
    return join(await realOf(dirname(path)), basename(path));
  }
}

/** Whether a file can be written into the folder, or the folder be made. */
async function isWritable(folder: string): Promise<boolean> {
  if (!(await isThere(folder))) return dirname(folder) !== folder && isWritable(dirname(folder));
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** A subfolder of this name, however its letters are written; undefined where there is none. */
async function findSubfolder(root: string, names: readonly string[]): Promise<string | undefined> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const wanted = names.map((name) => name.toLowerCase());
  const found = entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => name)
    .filter((name) => wanted.includes(name.toLowerCase()))
    .toSorted((a, b) => wanted.indexOf(a.toLowerCase()) - wanted.indexOf(b.toLowerCase()));
  return found[0] && join(root, found[0]);
}

/** Where a file of a type belongs, and whether a path is one of ours. */
@Injectable()
export class ModelPlaces {
  private readonly places: Place[];

  constructor(@Inject(CONFIG) config: Config) {
    this.places = configuredPlaces(config);
  }

  /** The folder in which a new file of each type goes, absolute; it may be missing yet. */
  async paths(): Promise<Record<ModelType, string>> {
    const entries = MODEL_TYPES.map(async (type) => [type, await this.folderOf(type)] as const);
    return Object.fromEntries(await Promise.all(entries)) as Record<ModelType, string>;
  }

  /**
   * The first folder of this type that can be written to: the configured ones, then the one in the models
   * folders that is named as custom has it. Where none can be, the first.
   */
  async folderOf(type: ModelType): Promise<string> {
    const candidates: string[] = [];
    for (const place of this.places) {
      if (place.type === type) candidates.push(place.folder);
      else if (place.type === null) candidates.push(await this.conventional(place.folder, type));
    }
    for (const folder of candidates) if (await isWritable(folder)) return folder;
    return candidates[0] ?? '';
  }

  /**
   * Where a new file goes; makes nothing.
   * @returns the folder, absolute.
   * @throws ValidationError for a subfolder that leads elsewhere, ModelFolderError when nothing can be
   * written there.
   */
  async target(type: ModelType, subfolder: string | undefined): Promise<string> {
    if (subfolder) checkSubfolder(subfolder);
    const folder = join(await this.folderOf(type), subfolder ?? '');
    if (!(await this.owns(folder))) {
      const message = 'subfolder leads out of the models folders.';
      throw new ValidationError([{ field: 'subfolder', message }]);
    }
    if (!(await isWritable(folder))) throw new ModelFolderError(type);
    return folder;
  }

  /** Makes the folder of a new file. @throws ModelFolderError when it lies outside meanwhile. */
  async make(folder: string, type: ModelType): Promise<void> {
    const isOurs = await this.owns(folder);
    if (isOurs) await mkdir(folder, { recursive: true });
    if (!isOurs || !(await this.owns(folder))) throw new ModelFolderError(type);
  }

  /** Whether this file or folder, which may be missing yet, lies in a models folder, all links followed. */
  async owns(path: string): Promise<boolean> {
    const real = await realOf(resolve(path)).catch(() => undefined);
    if (real === undefined) return false;
    for (const { folder } of this.places) {
      const root = await realOf(folder).catch(() => undefined);
      if (root !== undefined && (real === root || isInside(root, real))) return true;
    }
    return false;
  }

  /** A path below its models folder, as it is shown; what lies outside keeps its name only. */
  shown(path: string): string {
    const root = this.places.find(({ folder }) => isInside(folder, path))?.folder;
    return relative(root ?? dirname(path), path)
      .split(sep)
      .join('/');
  }

  /** The absolute path of what somebody names below a models folder, in each of them. */
  candidates(path: string): string[] {
    if (path.includes('\0')) return [];
    if (isAbsolute(path)) return [resolve(path)];
    return this.places.map(({ folder }) => resolve(folder, path));
  }

  private async conventional(root: string, type: ModelType): Promise<string> {
    const names = CONVENTIONAL_FOLDERS.find((one) => one.type === type)?.names ?? [type];
    return (await findSubfolder(root, names)) ?? join(root, names[0] ?? type);
  }
}
