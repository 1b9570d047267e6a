import { join, resolve, sep } from 'node:path';
import { PACKAGE_ROOT } from '../common/index.js';
import type { Config } from '../config/index.js';
import type { ModelType } from './model-type.js';

/** A folder to look for models in. */
export interface Place {
  folder: string;
  /** What all its files are; null: its subfolders' names or the files themselves tell. */
  type: ModelType | null;
}

/** Where the models live that came with the program. */
export const EMBEDDED = join(PACKAGE_ROOT, 'models');

/** The folders of the configuration, those of one type first: what lies in two is of that type. */
export function configuredPlaces({ models, storage }: Config): Place[] {
  const byType: Record<ModelType, string[]> = {
    checkpoint: models.checkpointDirs,
    vae: models.vaeDirs,
    lora: models.loraDirs,
    controlnet: models.controlnetDirs,
    embedding: models.embeddingDirs,
    esrgan: models.esrganDirs,
    taesd: models.taesdDirs,
    diffusion: models.diffusionDirs,
    clip: models.clipDirs,
    t5: models.t5Dirs,
    llm: models.llmDirs,
  };
  const typed = Object.entries(byType).flatMap(([type, folders]) =>
    folders.map((folder) => ({ folder: resolve(folder), type: type as ModelType })),
  );
  return [...typed, ...storage.modelsDirs.map((folder) => ({ folder, type: null }))];
}

/** Every folder that is looked through: the configured ones, and the embedded models'. */
export function allPlaces(config: Config): Place[] {
  return [...configuredPlaces(config), { folder: EMBEDDED, type: null }];
}

export function isInside(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
