import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { Injectable } from '@nestjs/common';
import { messageOf } from '../common/index.js';
import type { ModelFiles } from '../engine/index.js';
import { HeaderFacts, type FileToRead } from './file-facts.js';
import { FileRecords } from './file-records.js';
import type { FileFacts } from './model-file.entity.js';
import {
  MANIFEST_NAME,
  MANIFEST_PARTS,
  parseManifest,
  type ModelManifest,
} from './model-manifest.js';
import { settleType, type ModelType } from './model-type.js';
import type { Model } from './model.js';
import { EMBEDDED, isInside, type Place } from './places.js';
import { isPickle, walkPlaces, type Found, type FoundBundle, type FoundFile } from './walk.js';

/** The part of a model that a file of this type is. */
const PART_OF_TYPE: Partial<Record<ModelType, keyof ModelFiles>> = {
  checkpoint: 'model',
  diffusion: 'diffusionModel',
  esrgan: 'model',
  vae: 'vae',
  taesd: 'taesd',
  t5: 't5xxl',
  llm: 'llm',
};

export interface Scan {
  models: Model[];
  /** Every folder that was looked into. */
  folders: string[];
  /** What was found and could not be understood, a sentence each. */
  problems: string[];
}

interface Bundle extends FoundBundle {
  manifest: ModelManifest;
  files: ModelFiles;
  /** Its main file first. */
  parts: FileToRead[];
}

function idOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

function relativeTo(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

function filesOf(folder: string, manifest: ModelManifest): ModelFiles {
  const parts = Object.entries(manifest.files) as [keyof typeof MANIFEST_PARTS, string?][];
  return Object.fromEntries(
    parts.flatMap(([part, file]) =>
      file === undefined ? [] : [[MANIFEST_PARTS[part], join(folder, file)]],
    ),
  );
}

async function readBundle(found: FoundBundle): Promise<Bundle> {
  const manifest = parseManifest(await readFile(join(found.folder, MANIFEST_NAME), 'utf8'));
  const files = filesOf(found.folder, manifest);
  const main = files.model ?? files.diffusionModel;
  const paths = [...new Set([main, ...(Object.values(files) as string[])])];
  const parts = await Promise.all(
    paths
      .filter((path) => path !== undefined)
      .map(async (path) => {
        const { size, mtimeMs } = await stat(path);
        return { path, size, mtimeMs, type: path === main ? manifest.type : null };
      }),
  );
  if (parts.length === 0) throw new Error('it names no files.');
  return { ...found, manifest, files, parts };
}

function toBundleModel(bundle: Bundle, facts: ReadonlyMap<string, FileFacts>): Model {
  const { root, folder, manifest, files, parts } = bundle;
  const path = parts[0]?.path ?? folder;
  const told = parts.map((part) => facts.get(part.path));
  const identity = told[0]?.identity;
  const parameters = told.map((one) => one?.identity?.parameters);
  return {
    id: idOf(join(folder, MANIFEST_NAME)),
    name: manifest.name,
    description: manifest.description ?? '',
    type: manifest.type,
    detectedType: identity?.type ?? null,
    format: 'bundle',
    path,
    manifest: join(folder, MANIFEST_NAME),
    relativePath: relativeTo(root, folder),
    architecture: manifest.architecture ?? identity?.architecture ?? null,
    weightType: identity?.weightType ?? null,
    parameters: parameters.reduce<number>((sum, count) => sum + (count ?? 0), 0) || null,
    problem: told.find((one) => one?.problem)?.problem ?? null,
    embedded: isInside(EMBEDDED, path),
    files,
    size: parts.reduce((sum, { size }) => sum + size, 0),
    modifiedAt: new Date(Math.max(...parts.map(({ mtimeMs }) => mtimeMs))),
    recommended: manifest.recommended ?? {},
    preview: manifest.preview ?? 'proj',
  };
}

function toModel(file: FoundFile, facts: FileFacts | undefined): Model {
  const { root, path, size, mtimeMs } = file;
  const identity = facts?.identity;
  const type = settleType(file.type, identity?.type ?? null);
  const part = PART_OF_TYPE[type];
  return {
    id: idOf(path),
    name: basename(path),
    description: identity?.description ?? '',
    type,
    detectedType: identity?.type ?? null,
    format: isPickle(path) ? 'pickle' : (identity?.format ?? 'unknown'),
    path,
    manifest: null,
    relativePath: relativeTo(root, path),
    architecture: identity?.architecture ?? null,
    weightType: identity?.weightType ?? null,
    parameters: identity?.parameters ?? null,
    problem: facts?.problem ?? null,
    embedded: isInside(EMBEDDED, path),
    files: part ? { [part]: path } : {},
    size,
    modifiedAt: new Date(mtimeMs),
    recommended: {},
    preview: 'proj',
  };
}

/** Looks at the disk: which models are there, and what their headers say. */
@Injectable()
export class ModelScanner {
  constructor(
    private readonly headers: HeaderFacts,
    private readonly records: FileRecords,
  ) {}

  async scan(places: readonly Place[]): Promise<Scan> {
    const found = await walkPlaces(places);
    const { bundles, problems } = await this.bundles(found);
    const parts = bundles.flatMap((bundle) => bundle.parts);
    const facts = await this.headers.of([...found.files, ...parts]);
    await this.forgetGone(found, parts);
    const models = [
      ...bundles.map((bundle) => toBundleModel(bundle, facts)),
      ...found.files.map((file) => toModel(file, facts.get(file.path))),
    ];
    return { models, folders: found.folders, problems: [...found.problems, ...problems] };
  }

  private async bundles(found: Found): Promise<{ bundles: Bundle[]; problems: string[] }> {
    const bundles: Bundle[] = [];
    const problems: string[] = [];
    for (const one of found.bundles) {
      try {
        bundles.push(await readBundle(one));
      } catch (error) {
        problems.push(`${join(one.folder, MANIFEST_NAME)}: ${messageOf(error)}`);
      }
    }
    return { bundles, problems };
  }

  /** What lies in a folder that is not there now, perhaps a disk that is not mounted, stays known. */
  private async forgetGone({ files, roots }: Found, parts: FileToRead[]): Promise<void> {
    const there = new Set([...files, ...parts].map(({ path }) => path));
    await this.records.forgetGone(
      (path) => !there.has(path) && roots.some((root) => isInside(root, path)),
    );
  }
}
