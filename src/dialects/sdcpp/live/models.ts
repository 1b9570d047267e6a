import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { VERSION } from '../../../common/index.js';
import type { EventMap, JobUpdate } from '../../../events/index.js';
import {
  LOAD_KIND,
  ModelChoices,
  type ChoiceSlot,
  type ModelChoice,
} from '../../../generate/index.js';
import { ModelsService } from '../../../models/index.js';
import type { JobDetails } from '../../../queue/index.js';
import { eventOf, loading, type LiveEvent } from './events.js';

const DRAWING: ChoiceSlot = { client: 'sdcpp', what: 'drawing' };
const ENLARGING: ChoiceSlot = { client: 'sdcpp', what: 'enlarging' };

/** By how much upscalers enlarge that do not say. */
const USUAL_FACTOR = 4;

function whatOf({ parameters }: JobDetails): ChoiceSlot['what'] {
  const { what } = (parameters ?? {}) as { what?: ChoiceSlot['what'] };
  return what ?? 'drawing';
}

function modelIdOf({ parameters }: JobDetails): string {
  const { model } = (parameters ?? {}) as { model?: { id: string } };
  return model?.id ?? '';
}

/** What becomes of the models that users have chosen. */
@Injectable()
export class SdcppLiveModels {
  constructor(
    private readonly choices: ModelChoices,
    private readonly models: ModelsService,
  ) {}

  /** Whether a job loads a chosen model. */
  isLoad({ kind }: Pick<JobDetails, 'kind'>): boolean {
    return kind === LOAD_KIND;
  }

  /** What a user is told of the server. */
  async status(principal: Principal): Promise<object> {
    const [drawing, enlarging] = await Promise.all([
      this.choices.of(principal, DRAWING),
      this.choices.of(principal, ENLARGING),
    ]);
    return { version: VERSION, ...statusOf(drawing), ...upscalerOf(enlarging) };
  }

  /** What is told when a job that loads a model comes into another state. */
  async moved(job: JobDetails, update: JobUpdate): Promise<LiveEvent[]> {
    if (update.status === 'queued') return [];
    if (update.status === 'processing') return [loading(job, update)];
    if (update.status !== 'completed') return [failed(job, update)];
    const model = await this.models.findAny(modelIdOf(job));
    const model_name = model.relativePath;
    if (whatOf(job) === 'enlarging')
      return [eventOf('upscaler_loaded', { model_name, upscale_factor: USUAL_FACTOR })];
    const { type: model_type, architecture: model_architecture } = model;
    return [eventOf('model_loaded', { model_name, model_type, model_architecture })];
  }

  /** What is told when a user has no model chosen any more; nothing where that was in another API. */
  async cleared({ client, what, model }: EventMap['choice.cleared']): Promise<LiveEvent[]> {
    if (client !== DRAWING.client) return [];
    const known = await this.models.findAny(model.id).catch(() => undefined);
    const name = what === 'drawing' ? 'model_unloaded' : 'upscaler_unloaded';
    return [eventOf(name, { model_name: known?.relativePath ?? model.name })];
  }

  progress(job: JobDetails, update: JobUpdate): LiveEvent {
    return loading(job, update);
  }
}

function failed(job: JobDetails, { error }: JobUpdate): LiveEvent {
  const why = error?.message ?? 'Loading it was cancelled.';
  return eventOf('model_load_failed', { model_name: job.prompt, error: why });
}

function statusOf({ model, loading: load, name, problem }: ModelChoice): object {
  const ready = load === null && model !== null;
  return {
    model_loaded: ready,
    model_loading: load !== null,
    model_name: ready ? model.relativePath : null,
    model_type: ready ? model.type : null,
    model_architecture: ready ? model.architecture : null,
    loading_model_name: load === null ? null : name,
    loading_step: load?.step ?? null,
    loading_total_steps: load?.totalSteps ?? null,
    last_error: problem,
  };
}

function upscalerOf({ model, loading: load, chosen }: ModelChoice): object {
  const ready = chosen && load === null && model !== null;
  return { upscaler_loaded: ready, upscaler_name: ready ? model.relativePath : null };
}
