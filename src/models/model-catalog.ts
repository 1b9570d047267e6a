import { basename } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { pageInfo, unixSeconds } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { FileHashes } from './file-hash.js';
import { FileRecords } from './file-records.js';
import { componentFields, optionFields } from './loading/load-request.js';
import { ModelRegistry } from './model-registry.js';
import type { HashState, LoadView, ModelDetails, ModelFields, ModelPage } from './model.dto.js';
import { pageOfModels, sizeCategoryOf, type ModelQuery } from './model-query.js';
import type { LoadedModelView, ModelSummary } from './model-summary.dto.js';
import type { ModelType } from './model-type.js';
import type { Model } from './model.js';
import { ModelsService } from './models.service.js';
import { Residency, type Resident } from './residency.js';

const MIB = 1024 * 1024;

interface HashKnown {
  /** Of its main file, lower-case hex. */
  sha256: string | undefined;
  /** 0 to 1 while it is being hashed. */
  progress: number | undefined;
  due: boolean;
}

function hashStateOf({ sha256, progress, due }: HashKnown): HashState {
  if (sha256 !== undefined) return 'ready';
  if (progress !== undefined) return 'computing';
  return due ? 'waiting' : 'none';
}

function toModelView(model: Model, loaded: boolean, hash: HashKnown): ModelFields {
  return {
    id: model.id,
    name: model.name,
    path: model.relativePath,
    description: model.description,
    type: model.type,
    detected_type: model.detectedType,
    architecture: model.architecture,
    format: model.format,
    quantization: model.weightType,
    parameters: model.parameters,
    size: model.size,
    size_category: sizeCategoryOf(model.size),
    modified: unixSeconds(model.modifiedAt),
    loaded,
    sha256: hash.sha256 ?? null,
    hash_status: hashStateOf(hash),
    hash_progress: hash.progress ?? null,
    embedded: model.embedded,
    problem: model.problem,
    recommended: model.recommended,
  };
}

function toLoadedView({ model, bytes, users, loadedAt, usedAt }: Resident): LoadedModelView {
  return {
    ...model,
    memory_estimate: bytes,
    in_use: users > 0,
    since: unixSeconds(loadedAt),
    last_used: unixSeconds(usedAt),
  };
}

function countTypes(models: readonly Model[]): Partial<Record<ModelType, number>> {
  const counts: Partial<Record<ModelType, number>> = {};
  for (const { type } of models) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** The models as the API shows them. */
@Injectable()
export class ModelCatalog {
  constructor(
    private readonly models: ModelsService,
    private readonly registry: ModelRegistry,
    private readonly records: FileRecords,
    private readonly hashes: FileHashes,
    private readonly residency: Residency,
    @Inject(CONFIG) private readonly config: Config,
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
      models: page.map((model) => toModelView(model, isLoaded(model), this.hashOf(model))),
      total,
      pagination,
    };
  }

  async summary(): Promise<ModelSummary> {
    const [models, residents] = await Promise.all([
      this.registry.models(),
      this.residency.loaded(),
    ]);
    const { models: bounds, engine } = this.config;
    return {
      by_type: countTypes(models),
      problems: models.filter(({ problem }) => problem !== null).length,
      loaded: residents.map(toLoadedView),
      memory_limit: bounds.memoryMb * MIB || null,
      kept: engine.modelsKept,
    };
  }

  /** Ids of the models in memory. */
  async loaded(): Promise<string[]> {
    return (await this.residency.loaded()).map(({ model }) => model.id);
  }

  /** @throws ModelNotFoundError */
  async details(nameOrId: string): Promise<ModelDetails> {
    const model = await this.models.findAny(nameOrId);
    const residents = (await this.residency.loaded()).filter((one) => one.model.id === model.id);
    const { files } = model;
    return {
      ...toModelView(model, residents.length > 0, this.hashOf(model)),
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

  private hashOf({ path }: Model): HashKnown {
    const reading = this.hashes.progressOf(path);
    return {
      sha256: this.records.sha256(path),
      progress: reading && reading.bytesDone / Math.max(1, reading.bytes),
      due: this.hashes.isDue(path),
    };
  }
}
