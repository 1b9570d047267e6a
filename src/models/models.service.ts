import { realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { PACKAGE_ROOT, ValidationError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import type { EngineWatch } from '../engine/index.js';
import { FileHashes } from './file-hash.js';
import { scanModels } from './model-scan.js';
import type { Model } from './model.js';
import { ModelNotFoundError } from './models.errors.js';
import { Residency, type WantedModel } from './residency.js';

/** Where the embedded model lives. */
const EMBEDDED = join(PACKAGE_ROOT, 'models');

/** The models on disk, found by name or id, and made ready to draw. */
@Injectable()
export class ModelsService {
  private readonly logger = new Logger(ModelsService.name);
  private readonly folders: string[];
  private scanned: Promise<Model[]> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly hashes: FileHashes,
    private readonly residency: Residency,
  ) {
    this.folders = [...config.storage.modelsDirs, EMBEDDED];
  }

  /** Every model that was found, by name. Looks at the disk on first use and when asked to. */
  async list(fresh = false): Promise<Model[]> {
    if (fresh) this.scanned = undefined;
    this.scanned ??= this.scan();
    return this.scanned;
  }

  /**
   * The model with this id, this name, or this file name without its ending; the default model for an
   * empty text. A model that appeared since the last look is found too.
   * @throws ModelNotFoundError
   */
  async find(nameOrId: string): Promise<Model> {
    const wanted = nameOrId || this.config.generate.defaultModel;
    const found = pick(await this.list(), wanted) ?? pick(await this.list(true), wanted);
    if (found) return found;
    const known = await this.list();
    throw new ModelNotFoundError(
      wanted,
      known.map(({ name }) => name),
    );
  }

  /** Makes a model ready to draw; returns the engine's key for it. @throws EngineError */
  ready(wanted: WantedModel, watch?: EngineWatch): Promise<string> {
    return this.residency.ready(wanted, watch);
  }

  /** SHA-256 of each file of the model by its part, in hex; computed once while the file stays the same. */
  async hash(model: Model): Promise<Record<string, string>> {
    const parts = Object.entries(model.files) as [string, string][];
    return Object.fromEntries(
      await Promise.all(parts.map(async ([part, path]) => [part, await this.hashes.of(path)])),
    );
  }

  /**
   * The absolute path of a file in a models folder, given relative to that folder.
   * @throws ValidationError naming `field` when there is no such file, or when it lies outside.
   */
  async component(field: string, relative: string): Promise<string> {
    for (const folder of this.folders) {
      const path = await realpath(join(folder, relative)).catch(() => undefined);
      const root = await realpath(folder).catch(() => folder);
      if (path?.startsWith(root + sep)) return path;
    }
    throw new ValidationError([{ field, message: `${field} names no file in a models folder.` }]);
  }

  private async scan(): Promise<Model[]> {
    const { models, problems } = await scanModels(this.folders);
    for (const problem of problems) this.logger.warn(`Not used as a model: ${problem}`);
    return models.toSorted((a, b) => a.name.localeCompare(b.name));
  }
}

function pick(models: Model[], wanted: string): Model | undefined {
  return (
    models.find(({ id }) => id === wanted) ??
    models.find(({ name }) => name === wanted) ??
    models.find(({ name }) => name.slice(0, name.length - extname(name).length) === wanted)
  );
}
