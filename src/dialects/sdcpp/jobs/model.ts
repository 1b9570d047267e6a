import { Injectable } from '@nestjs/common';
import { ModelsService, type Model } from '../../../models/index.js';
import type { JobDetails } from '../../../queue/index.js';
import type { Fields } from '../../fields.js';
import { architectureNameOf } from '../models/architectures.js';
import { COMPONENTS, LOAD_OPTIONS } from '../models/load-fields.js';
import { nameOf } from '../models/names.js';
import { optionsOf } from './progress.js';

/** With which model a job works, and how that is loaded. */
export interface ModelSettings {
  model_loaded: boolean;
  model_name: string | null;
  model_type: string | null;
  model_architecture: string | null;
  loaded_components: Record<string, unknown>;
  load_options: Record<string, unknown>;
  upscaler_loaded: boolean;
  upscaler_name: string | null;
}

/** The options of the core that have a place among these fields, by the names of this API. */
function picked(options: Record<string, unknown>, fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { to = '' }]) =>
      options[to] === undefined ? [] : [[name, options[to]]],
    ),
  );
}

/** Says with which models jobs work. */
@Injectable()
export class SdcppJobModels {
  constructor(private readonly models: ModelsService) {}

  /** A function that says it of each of many jobs; looks at the models once. */
  async teller(): Promise<(job: JobDetails) => ModelSettings> {
    const models = await this.models.list();
    const byId = new Map(models.map((model) => [model.id, model]));
    const byPath = new Map(models.map((model) => [model.relativePath, model]));
    return (job) => settingsOf(job, byId, byPath);
  }
}

/** Parts by the names of this API: the core may have been told their paths. */
function componentsOf(
  options: Record<string, unknown>,
  models: ReadonlyMap<string, Model>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(picked(options, COMPONENTS)).map(([part, told]) => {
      const model = models.get(String(told));
      return [part, model ? nameOf(model) : told];
    }),
  );
}

function settingsOf(
  job: JobDetails,
  byId: ReadonlyMap<string, Model>,
  byPath: ReadonlyMap<string, Model>,
): ModelSettings {
  const { model: asked } = (job.parameters ?? {}) as { model?: { id: string; name: string } };
  const model = asked && byId.get(asked.id);
  const name = model ? nameOf(model) : (asked?.name ?? null);
  const enlarges = job.kind === 'upscale';
  const options = optionsOf(job.parameters);
  return {
    model_loaded: asked !== undefined && !enlarges,
    model_name: enlarges ? null : name,
    model_type: enlarges ? null : (model?.type ?? null),
    model_architecture: enlarges || !model ? null : architectureNameOf(model),
    loaded_components: componentsOf(options, byPath),
    load_options: picked(options, LOAD_OPTIONS),
    upscaler_loaded: enlarges,
    upscaler_name: enlarges ? name : null,
  };
}
