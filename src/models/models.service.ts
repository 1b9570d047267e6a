import { realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { PACKAGE_ROOT, ValidationError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import type { EngineWatch, ModelFiles } from '../engine/index.js';
import { FileHashes } from './file-hash.js';
import { scanModels } from './model-scan.js';
import { DRAWABLE_TYPES, type ModelType } from './model-type.js';
import type { Model } from './model.js';
import { ModelNotFoundError } from './models.errors.js';
import { Residency, type ReadyModel, type WantedModel } from './residency.js';

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

  /** Every model of this type, by name. */
  async listOfType(type: ModelType): Promise<Model[]> {
    return (await this.list()).filter((model) => model.type === type);
  }

  /**
   * The model with this id, this name, this path below its models folder, or one of those without the
   * file name's ending; the default model for an empty text. A model that appeared since the last look
   * is found too.
   * @param types which it may be; without them those that draw.
   * @throws ModelNotFoundError
   */
  async find(nameOrId: string, types: readonly ModelType[] = DRAWABLE_TYPES): Promise<Model> {
    const wanted = nameOrId || this.config.generate.defaultModel;
    const found = await this.search(wanted, types);
    if (found) return found;
    const known = (await this.list()).filter(({ type }) => types.includes(type));
    throw new ModelNotFoundError(
      wanted,
      known.map(({ name }) => name),
    );
  }

  /**
   * The model of this type with this name, as {@link find} understands it; for LoRAs, VAEs and the like.
   * @throws ModelNotFoundError naming the type.
   */
  async findOfType(type: ModelType, nameOrId: string): Promise<Model> {
    const found = await this.search(nameOrId, [type]);
    if (found) return found;
    const known = await this.listOfType(type);
    throw new ModelNotFoundError(
      nameOrId,
      known.map(({ name }) => name),
      type,
    );
  }

  /**
   * Makes a model ready and keeps it so until `work` has ended; gives what `work` gives. Whoever holds a
   * model must not ask for another one meanwhile: with room for one only, both would wait for ever.
   * @throws EngineError, and whatever `work` throws.
   */
  use<T>(
    wanted: WantedModel,
    watch: EngineWatch | undefined,
    work: (ready: ReadyModel) => Promise<T>,
  ): Promise<T> {
    return this.residency.use(wanted, watch, work);
  }

  /** SHA-256 of each file of the model by its part, in hex; computed once while the file stays the same. */
  async hash({ files }: { files: ModelFiles }): Promise<Record<string, string>> {
    const parts = Object.entries(files) as [string, string][];
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

  private async search(wanted: string, types: readonly ModelType[]): Promise<Model | undefined> {
    const ofTypes = (models: Model[]): Model[] => models.filter(({ type }) => types.includes(type));
    return pick(ofTypes(await this.list()), wanted) ?? pick(ofTypes(await this.list(true)), wanted);
  }

  private async scan(): Promise<Model[]> {
    const { models, problems } = await scanModels(this.folders);
    for (const problem of problems) this.logger.warn(`Not used as a model: ${problem}`);
    return models.toSorted((a, b) => a.name.localeCompare(b.name));
  }
}

function stem(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

function pick(models: Model[], wanted: string): Model | undefined {
  return (
    models.find(({ id }) => id === wanted) ??
    models.find(({ name }) => name === wanted) ??
    models.find(({ relativePath }) => relativePath === wanted) ??
    models.find(({ name }) => stem(name) === wanted) ??
    models.find(({ relativePath }) => stem(relativePath) === wanted)
  );
}
