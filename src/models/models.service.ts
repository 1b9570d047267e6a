import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import type { EngineWatch } from '../engine/index.js';
import { FileHashes } from './file-hash.js';
import type { WantedModel } from './load-spec.js';
import { ModelRegistry } from './model-registry.js';
import { DRAWABLE_TYPES, MODEL_TYPES, UPSCALER_TYPE, type ModelType } from './model-type.js';
import type { Model } from './model.js';
import { ModelNotFoundError } from './models.errors.js';
import { allPlaces } from './places.js';
import { Residency, type ReadyModel } from './residency.js';

/** The models on disk, found by name or id, and made ready to draw. */
@Injectable()
export class ModelsService {
  private readonly folders: string[];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly registry: ModelRegistry,
    private readonly hashes: FileHashes,
    private readonly residency: Residency,
  ) {
    this.folders = allPlaces(config).map(({ folder }) => folder);
  }

  /** Every model that was found, by name. Looks at the disk on first use. */
  list(): Promise<readonly Model[]> {
    return this.registry.models();
  }

  /** Every model of this type, by name. */
  async listOfType(type: ModelType): Promise<Model[]> {
    return (await this.list()).filter((model) => model.type === type);
  }

  /**
   * The model with this id, name, path below its models folder or hash; name and path may lack the file's
   * ending. The default model for an empty text. A model that appeared since the last look is found too.
   * @param types which it may be; without them those that draw.
   * @throws ModelNotFoundError
   */
  async find(nameOrId: string, types: readonly ModelType[] = DRAWABLE_TYPES): Promise<Model> {
    const wanted = nameOrId || this.config.generate.defaultModel;
    const found = await this.registry.search(wanted, types);
    if (found) return found;
    const known = (await this.list()).filter(({ type }) => types.includes(type));
    throw new ModelNotFoundError(
      wanted,
      known.map(({ name }) => name),
    );
  }

  /** As {@link find}, for a model of whatever type; an empty text finds none. @throws ModelNotFoundError */
  async findAny(nameOrId: string): Promise<Model> {
    if (nameOrId === '') throw new ModelNotFoundError('', []);
    return this.find(nameOrId, MODEL_TYPES);
  }

  /**
   * The model of this type with this name, as {@link find} understands it; for LoRAs, VAEs and the like.
   * @throws ModelNotFoundError naming the type.
   */
  async findOfType(type: ModelType, nameOrId: string): Promise<Model> {
    const found = await this.registry.search(nameOrId, [type]);
    if (found) return found;
    const known = await this.listOfType(type);
    throw new ModelNotFoundError(
      nameOrId,
      known.map(({ name }) => name),
      type,
    );
  }

  /** The upscaler with this name, as {@link find} understands it; the default one for an empty text. @throws ModelNotFoundError */
  upscaler(nameOrId: string): Promise<Model> {
    return this.findOfType(UPSCALER_TYPE, nameOrId || this.config.generate.defaultUpscaler);
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
  async hash({ files }: { files: object }): Promise<Record<string, string>> {
    const parts = Object.entries(files) as [string, string][];
    return Object.fromEntries(
      await Promise.all(parts.map(async ([part, path]) => [part, await this.hashes.of(path)])),
    );
  }

  /** SHA-256 of one file where it is known already, in hex. */
  knownHash(path: string): string | undefined {
    return this.hashes.recorded(path);
  }

  /** SHA-256 of one file, in hex; for what is no part of a model, such as a LoRA. */
  hashOf(path: string): Promise<string> {
    return this.hashes.of(path);
  }

  /**
   * SHA-256 of the tensors of a safetensors file, in hex: how other programs know a LoRA, whose header may
   * change without it. Of another file, the hash of all of it.
   */
  tensorsHashOf(path: string): Promise<string> {
    return this.hashes.ofTensors(path);
  }

  /**
   * The file that is to take a part of a model: a model of one of these types by its name, that of an earlier
   * type first, or any file in a models folder by its path below that.
   * @throws ModelNotFoundError naming the first type.
   */
  async part(types: readonly ModelType[], wanted: string): Promise<string> {
    const path =
      (await this.knownAs(types, wanted))?.path ??
      (await this.fileInside(wanted)) ??
      (await this.registry.search(wanted, types))?.path;
    if (path !== undefined) return path;
    const known = (await this.list()).filter(({ type }) => types.includes(type));
    throw new ModelNotFoundError(
      wanted,
      known.map(({ name }) => name),
      types[0],
    );
  }

  private async knownAs(types: readonly ModelType[], wanted: string): Promise<Model | undefined> {
    for (const type of types) {
      const found = await this.registry.known(wanted, [type]);
      if (found) return found;
    }
    return undefined;
  }

  private async fileInside(relative: string): Promise<string | undefined> {
    if (relative.includes('\0')) return undefined;
    for (const folder of this.folders) {
      const path = await realpath(join(folder, relative)).catch(() => undefined);
      const root = await realpath(folder).catch(() => folder);
      if (path?.startsWith(root + sep)) return path;
    }
    return undefined;
  }
}
