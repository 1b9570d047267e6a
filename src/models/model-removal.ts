import { realpath, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { ModelRegistry } from './model-registry.js';
import { weightFilesOf, type Model } from './model.js';
import { ConfirmationRequiredError, ModelProtectedError } from './models.errors.js';
import { ModelsService } from './models.service.js';
import { configuredPlaces, isInside } from './places.js';
import { Residency } from './residency.js';

/** Deletes models from the disk, and nothing else. */
@Injectable()
export class ModelRemoval {
  private readonly logger = new Logger(ModelRemoval.name);

  constructor(
    private readonly models: ModelsService,
    private readonly registry: ModelRegistry,
    private readonly residency: Residency,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Deletes the model's files, of a bundle those that its `model.json` names and itself.
   * @returns the model, which is no more.
   * @throws ModelNotFoundError, ModelProtectedError, ModelInUseError, ConfirmationRequiredError
   */
  async remove(nameOrId: string, confirmed: boolean): Promise<Model> {
    const model = await this.models.findAny(nameOrId);
    const files = [...weightFilesOf(model), ...(model.manifest ? [model.manifest] : [])];
    await this.checkPlaces(model, files);
    await this.residency.whileFree(model, files, async () => {
      if (!confirmed) throw new ConfirmationRequiredError(model.name, await this.shown(files));
      // The manifest last: until then what is left is still one model, which can be deleted again.
      for (const file of files) await rm(file, { force: true });
      if (model.manifest) await rmdir(dirname(model.manifest)).catch(() => undefined);
    });
    this.logger.log(`Deleted the model "${model.name}": ${files.join(', ')}`);
    await this.registry.refresh();
    return model;
  }

  private async checkPlaces(model: Model, files: readonly string[]): Promise<void> {
    if (model.embedded) throw new ModelProtectedError(model.name, 'it came with the program.');
    const roots = await this.roots();
    for (const file of files) {
      const real = await realpath(file).catch(() => undefined);
      if (real === undefined || roots.some((root) => isInside(root, real))) continue;
      throw new ModelProtectedError(model.name, 'its file lies outside the models folders.');
    }
  }

  private async roots(): Promise<string[]> {
    const folders = configuredPlaces(this.config).map(({ folder }) => folder);
    return Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  }

  /** Paths below the models folders: more of the machine is nobody's business. */
  private async shown(files: readonly string[]): Promise<string[]> {
    const folders = configuredPlaces(this.config).map(({ folder }) => folder);
    return files.map((file) => {
      const root = folders.find((folder) => isInside(folder, file));
      return root === undefined ? file : file.slice(root.length + 1);
    });
  }
}
