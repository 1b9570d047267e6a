import { basename } from 'node:path';
import { Injectable } from '@nestjs/common';
import { pageInfo, unixSeconds, type PageInfo } from '../common/index.js';
import { FileHashes } from './file-hash.js';
import { FileRecords } from './file-records.js';
import { componentFields, optionFields } from './load-model.dto.js';
import { ModelRegistry } from './model-registry.js';
import { pageOfModels, type ModelQuery } from './model-query.js';
import { toModelView, type ModelState, type ModelView } from './model-view.js';
import type { Model } from './model.js';
import { ModelsService } from './models.service.js';
import { Residency, type Resident } from './residency.js';

export interface ModelPage {
  models: ModelView[];
  total: number;
  pagination: PageInfo;
}

/** How a model is loaded, in the words of the request that loads it. */
export interface LoadView {
  /** Unix time in seconds; null while it is not in memory. */
  since: number | null;
  /** Bytes that it takes in memory, estimated by its files; null while it is not in memory. */
  memory_estimate: number | null;
  options: Record<string, unknown>;
  /** File names by field. */
  components: Record<string, string>;
}

/** A model with all that is known of it. */
export type ModelDetails = ModelView & {
  /** File names by the part of the model that they are. */
  files: Record<string, string>;
  /** null for a model that is neither in memory nor has a way to be loaded. */
  load: LoadView | null;
};

/** The models as the API shows them. */
@Injectable()
export class ModelCatalog {
  constructor(
    private readonly models: ModelsService,
    private readonly registry: ModelRegistry,
    private readonly records: FileRecords,
    private readonly hashes: FileHashes,
    private readonly residency: Residency,
  ) {}

  async page(query: ModelQuery): Promise<ModelPage> {
    const [models, residents] = await Promise.all([
      this.registry.models(),
      this.residency.loaded(),
    ]);
    const ids = new Set(residents.map(({ model }) => model.id));
    const isLoaded = ({ id }: Model): boolean => ids.has(id);
    const { page, total } = pageOfModels(models, query, isLoaded);
    const pagination = pageInfo(query, total);
    return {
      models: page.map((model) => toModelView(model, this.stateOf(model, isLoaded(model)))),
      total,
      pagination,
    };
  }

  /** @throws ModelNotFoundError */
  async details(nameOrId: string): Promise<ModelDetails> {
    const model = await this.models.findAny(nameOrId);
    const residents = (await this.residency.loaded()).filter((one) => one.model.id === model.id);
    const { files } = model;
    return {
      ...toModelView(model, this.stateOf(model, residents.length > 0)),
      files: Object.fromEntries(
        Object.entries(files).map(([part, path]) => [part, basename(path as string)]),
      ),
      load: this.loadView(model, residents.at(-1)),
    };
  }

  private loadView(model: Model, resident: Resident | undefined): LoadView | null {
    const way = this.residency.wayOf(model);
    if (!resident && !way) return null;
    const options = way?.options ?? resident?.spec.options ?? {};
    return {
      since: resident ? unixSeconds(resident.loadedAt) : null,
      memory_estimate: resident?.bytes ?? null,
      options: optionFields(options),
      components: componentFields(way?.components ?? {}, (path) => basename(path)),
    };
  }

  private stateOf({ path }: Model, loaded: boolean): ModelState {
    const progress = this.hashes.progressOf(path);
    return {
      loaded,
      sha256: this.records.sha256(path),
      hashProgress: progress && progress.bytesDone / Math.max(1, progress.bytes),
      hashDue: this.hashes.isDue(path),
    };
  }
}
